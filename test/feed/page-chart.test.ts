import { expect, test } from 'vitest';
import { chart } from '../../src/feed/page-chart.ts';
import { bareSite } from './fixtures.ts';

test('says every year in words, also one without posts', () => {
  const svg = chart({ 2020: 3, 2022: 12 }, bareSite);
  expect(svg).toContain('aria-label="Posts a year: 2020: 3, 2021: 0, 2022: 12"');
  expect(svg.match(/<rect/g)).toHaveLength(3);
  expect(svg).toContain('Posts a year from 2020 to 2022, at most 12');
});

test.each([
  ['no year', {}],
  ['one year', { 2024: 7 }],
])('is left out for %s', (_what, years) => {
  expect(chart(years, bareSite)).toBe('');
});

test('goes back forty years, though a post be dated in the year 1', () => {
  const svg = chart({ 1: 1, 2023: 3, 2024: 1 }, bareSite);
  expect(svg.match(/<rect/g)).toHaveLength(40);
  expect(svg).toContain('Posts a year from 1985 to 2024');
});
