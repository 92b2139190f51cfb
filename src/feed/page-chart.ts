import type { Site } from '../site.ts';
import { ours } from './page.ts';
import { element, lines, openTag } from './xml.ts';

/** A bar for each year is a pixel wide at least, on a phone too; what is older is left out. */
const most = 40;

/** A small chart of posts a year, and the same in words; nothing where there is but one year. */
export function chart(years: Record<string, number>, site: Site): string {
  const known = Object.keys(years).map(Number);
  const last = Math.max(...known);
  const first = Math.max(Math.min(...known), last - most + 1);
  if (known.length === 0 || first === last) return '';
  const bars = Array.from({ length: last - first + 1 }, (_, at) => {
    return { at, year: first + at, count: years[first + at] ?? 0 };
  });
  const highest = Math.max(...bars.map(({ count }) => count));
  const rects = bars.map(({ at, year, count }) => {
    const height = Math.round((100 * count) / highest);
    const title = element('title', {}, `${year}: ${count}`);
    return element('rect', { x: at + 0.1, y: 100 - height, width: 0.8, height }, title);
  });
  const words = `Posts a year: ${bars.map(({ year, count }) => `${year}: ${count}`).join(', ')}`;
  const svg = openTag('svg', {
    role: 'img',
    lang: 'en',
    'aria-label': words,
    viewBox: `0 0 ${bars.length} 100`,
    preserveAspectRatio: 'none',
    // Few years have no fatter bars than many.
    width: `${3 * bars.length}rem`,
  });
  return `<figure class="chart" dir="ltr">
${svg}
${lines(rects)}</svg>
<figcaption class="quiet">${ours(`Posts a year from ${first} to ${last}, at most ${highest}`, site)}</figcaption>
</figure>
`;
}
