import { renderDirectory } from '../feed/directory.ts';
import { previewOf } from '../feed/page-posts.ts';
import { directoryKey, opmlKey, pageKey, type Selection, site, termOf } from '../keys.ts';
import type { Newest } from '../selection/newest.ts';
import { getIfThere } from '../store/store.ts';
import { type DirectoryRow, lostRows, readRows } from './directory-rows.ts';
import type { Pipeline } from './pipeline.ts';
import { freshness, type Replaced, replace } from './replace.ts';

/** Posts that the page of all feeds shows: it is a list of feeds before all. */
const latest = 5;

export type Row = Omit<DirectoryRow, 'told'>;

/** The row of a selection, from what its refresh found. */
export function rowOf(
  selection: Selection,
  label: string | undefined,
  { entries, count, years }: Pick<Newest, 'entries' | 'count' | 'years'>,
): Row {
  return {
    label: label ?? selection,
    count,
    newest: entries[0]?.published ?? '',
    ...(selection === site && { years, latest: entries.slice(0, latest).map(previewOf) }),
  };
}

const documents = [
  { key: opmlKey, kind: 'opml' },
  { key: directoryKey, kind: 'json' },
  { key: pageKey(site), kind: 'html' },
] as const;

/** Writes the lists of all feeds, for programs and for people, from the rows that refreshes left. */
export function refreshDirectory(pipeline: Pipeline): Promise<Replaced> {
  const { state, queue } = pipeline;
  return putDirectory(async () => {
    const rows = await readRows(state);
    await queue.refresh(lostRows(rows));
    return rows;
  }, pipeline);
}

/** The same from these rows, in the order of their keys: read later than what they are to replace. */
export async function putDirectory(
  read: () => Promise<Map<Selection, Row>>,
  { feeds, ...pipeline }: Omit<Pipeline, 'state' | 'queue'>,
): Promise<Replaced> {
  const held = await Promise.all(documents.map(({ key }) => getIfThere(feeds, key)));
  const [inForce, rows] = await Promise.all([pipeline.site(), read()]);
  const whole = rows.get(site);
  const content = {
    site: {
      count: whole?.count ?? 0,
      ...(whole?.newest && { newest: whole.newest }),
      ...(whole?.years && { years: whole.years }),
      ...(whole?.latest && { latest: whole.latest }),
    },
    rows: [...rows].flatMap(([selection, row]) => {
      const term = termOf(selection);
      return term && row.count > 0 ? [{ ...term, ...row }] : [];
    }),
  };
  const texts = documents.map(({ kind }) => renderDirectory(kind, content, inForce.site));
  const headers = { cacheControl: freshness(inForce.site, pipeline) };
  const replaced = await Promise.all(
    documents.map(({ key }, at) => replace(feeds, key, texts[at]!, held[at], headers)),
  );
  const written = replaced.filter((one) => one.written > 0).length;
  return { written, unchanged: replaced.length - written };
}
