import type { Preview } from '../feed/page-posts.ts';
import { parseRowKey, rowKey, rowsPrefix, rowsTableKey, type Selection } from '../keys.ts';
import { getIfThere, listAll, type Store } from '../store/store.ts';

/** What the directory knows of a selection, at `terms/<selection>.json`. */
export interface DirectoryRow {
  label: string;
  /** Exact to 999, 1,000 for more; 0 for a term that nobody uses any more. */
  count: number;
  /** RFC 3339 instant of the newest entry; empty if there is none. */
  newest: string;
  /** Of the site alone: how many posts each year has, as far as they are counted, and the newest. */
  years?: Record<string, number>;
  latest?: Preview[];
  /** False until the directory was asked to look at this row. */
  told: boolean;
}

/** A row as it was read. */
interface Known {
  etag: string;
  row: DirectoryRow;
}

/**
 * The rows of all selections, in the order of their keys. Only those are read that have changed
 * since the directory was last written: the others are in a table, each believed only while its
 * ETag is the listed one. So a table that is old, lost or put late costs reads and nothing else.
 */
export async function readRows(state: Store): Promise<Map<Selection, DirectoryRow>> {
  const table = await readTable(state);
  const rows = new Map<Selection, Known | undefined>();
  let isListedWithTags = true;
  for await (const { key, etag } of listAll(state, rowsPrefix)) {
    const selection = parseRowKey(key);
    if (selection === undefined) continue;
    const known = table.get(selection);
    rows.set(selection, etag !== undefined && known?.etag === etag ? known : undefined);
    isListedWithTags &&= etag !== undefined;
  }
  const changed = [...rows].flatMap(([selection, known]) => (known ? [] : [selection]));
  await Promise.all(changed.map(async (one) => rows.set(one, await readRow(state, one))));
  const found = [...rows].flatMap(([selection, known]) =>
    known ? [[selection, known] as const] : [],
  );
  const isTableCurrent = changed.length === 0 && found.length === table.size;
  // A store that lists no ETags could never believe it.
  if (isListedWithTags && !isTableCurrent) await state.put(rowsTableKey, JSON.stringify(found));
  return new Map(found.map(([selection, { row }]) => [selection, row]));
}

async function readRow(state: Store, selection: Selection): Promise<Known | undefined> {
  const stored = await getIfThere(state, rowKey(selection));
  if (!stored) return undefined;
  try {
    return { etag: stored.etag, row: JSON.parse(new TextDecoder().decode(stored.body)) };
  } catch {
    return { etag: stored.etag, row: lost };
  }
}

/** In place of a row that is broken, as after a loss of power: a refresh of its selection writes it anew. */
const lost: DirectoryRow = { label: '', count: 0, newest: '', told: false };

/** The selections whose rows are broken. */
export function lostRows(rows: ReadonlyMap<Selection, DirectoryRow>): Selection[] {
  return [...rows].flatMap(([selection, { label }]) => (label === '' ? [selection] : []));
}

async function readTable(state: Store): Promise<Map<Selection, Known>> {
  const stored = await getIfThere(state, rowsTableKey);
  if (!stored) return new Map();
  try {
    return new Map(JSON.parse(new TextDecoder().decode(stored.body)));
  } catch {
    // Not ours, or broken: it is written anew.
    return new Map();
  }
}
