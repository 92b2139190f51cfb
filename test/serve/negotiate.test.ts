import { describe, expect, test } from 'vitest';
import { mediaType, weightsOf } from '../../src/serve/negotiate.ts';

const types = ['text/plain', 'text/html', 'application/json'] as const;

describe('the media type that an Accept header asks for', () => {
  test.each<[string | null, (typeof types)[number]]>([
    [null, 'text/plain'],
    ['', 'text/plain'],
    ['*/*', 'text/plain'],
    ['text/*', 'text/plain'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/json', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json, text/plain, */*', 'text/plain'],
    ['text/html;q=0.1, application/json;q=0.2', 'application/json'],
    ['text/plain;q=0, text/*', 'text/html'],
    ['image/png', 'text/plain'],
    ['application/rss+xml', 'text/plain'],
    ['TEXT/HTML', 'text/html'],
    ['text/html;level=1;q=0.4, application/json;q=0.5', 'application/json'],
    ['text/html;q="1"', 'text/plain'],
  ])('for %j is %s', (accept, type) => {
    expect(mediaType(accept, types)).toBe(type);
  });

  test('is found in time that grows with the header', () => {
    const started = performance.now();
    weightsOf(`${';q='.repeat(30_000)}${','.repeat(30_000)}${' '.repeat(30_000)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
