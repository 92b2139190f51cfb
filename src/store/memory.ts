import { hash } from 'node:crypto';
import { Conflict, NotFound } from '../errors.ts';
import {
  type Body,
  bytesOf,
  type Condition,
  type Head,
  type Listing,
  type ListOptions,
  type ObjectHeaders,
  type Store,
  type Stored,
  type Written,
} from './store.ts';
import { byteOrder, page, walk } from './tree.ts';

/** Names of one folder, sorted when they are next listed. */
interface Folder {
  names: Set<string>;
  sorted: string[] | undefined;
}

/** Markers are empty, and there are many. */
const emptyTag = hash('sha1', '', 'hex');

/** A store in this process's memory: what tests and `tidings serve` use. */
export class MemoryStore implements Store {
  readonly #objects = new Map<string, Stored>();
  readonly #folders = new Map<string, Folder>();
  readonly #now: () => number;

  /** `now` gives the epoch milliseconds that objects are stamped with. */
  constructor(now: () => number) {
    this.#now = now;
  }

  async get(key: string): Promise<Stored> {
    const stored = this.#objects.get(key);
    if (!stored) throw new NotFound(`no object ${key}`);
    return stored;
  }

  async head(key: string): Promise<Head> {
    const { body, ...head } = await this.get(key);
    return head;
  }

  async put(
    key: string,
    body: Body,
    condition?: Condition,
    headers: ObjectHeaders = {},
  ): Promise<Written> {
    const held = this.#objects.get(key)?.etag;
    if (condition && ('create' in condition ? held !== undefined : held !== condition.update))
      throw new Conflict(`${key} is not as it was read`);
    const bytes = bytesOf(body);
    const etag = bytes.length === 0 ? emptyTag : hash('sha1', bytes, 'hex');
    const modified = this.#now();
    this.#objects.set(key, { body: bytes, etag, size: bytes.length, modified, headers });
    if (held === undefined) this.#link(key);
    return { etag };
  }

  async delete(key: string): Promise<void> {
    if (this.#objects.delete(key)) this.#unlink(key);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Listing> {
    const found = await page(
      walk((folder) => this.#children(folder), prefix, options.after),
      options,
    );
    const objects = found.keys.flatMap((key) => {
      const held = this.#objects.get(key);
      // Deleted between the walk and now.
      return held ? [{ key, etag: held.etag }] : [];
    });
    return { objects, more: found.more };
  }

  #children(folder: string): string[] {
    const node = this.#folders.get(folder);
    if (!node) return [];
    node.sorted ??= [...node.names].sort(byteOrder);
    return node.sorted;
  }

  /** Enters a key in its folder, and the folders in theirs. */
  #link(key: string): void {
    const { folder, name } = split(key);
    const node = this.#folders.get(folder);
    if (node) {
      node.names.add(name);
      node.sorted = undefined;
      return;
    }
    this.#folders.set(folder, { names: new Set([name]), sorted: undefined });
    if (folder !== '') this.#link(folder);
  }

  #unlink(key: string): void {
    const { folder, name } = split(key);
    const node = this.#folders.get(folder)!;
    node.names.delete(name);
    node.sorted = undefined;
    if (node.names.size > 0 || folder === '') return;
    this.#folders.delete(folder);
    this.#unlink(folder);
  }
}

function split(key: string): { folder: string; name: string } {
  const cut = key.lastIndexOf('/', key.length - 2) + 1;
  return { folder: key.slice(0, cut), name: key.slice(cut) };
}
