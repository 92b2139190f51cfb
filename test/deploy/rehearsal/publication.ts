import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isPost, siteFileKey } from '../../../src/keys.ts';
import { drain, localQueue, queueEverything } from '../../../src/publish/local.ts';
import { fingerprint, readSite } from '../../../src/site.ts';
import { MemoryStore } from '../../../src/store/memory.ts';
import type { Rig } from './rig.ts';

/** A blog that is published twice: by the rig, and by a build in this process, which says what is right. */
export interface Publication {
  rig: Rig;
  bucket: Record<'posts' | 'state' | 'feeds', string>;
  /** Puts a post, or the site file, as a publisher's sync does. */
  write(key: string, text: string | Buffer): Promise<void>;
  remove(key: string): Promise<void>;
  /** Lets both publish what has changed. */
  publish(): Promise<void>;
  /** How the rig's feeds differ from the build's: nothing, if all is well. */
  differences(): Promise<string[]>;
  /** A feed of the rig's, as text. */
  feed(key: string): Promise<string | undefined>;
}

export function publication(rig: Rig): Publication {
  const bucket = {
    posts: rig.stack.outputs['PostsBucket']!,
    state: rig.stack.outputs['StateBucket']!,
    feeds: rig.stack.outputs['FeedsBucket']!,
  };
  const feeds = rig.stack.outputs['FeedsAddress']!.replace(/\/$/, '');
  const inForce = (text: string) => {
    const site = readSite(text, { feeds });
    return { site, fingerprint: fingerprint(site) };
  };
  let settings = inForce('');
  const local = {
    posts: new MemoryStore(Date.now),
    state: new MemoryStore(Date.now),
    feeds: new MemoryStore(Date.now),
    queue: localQueue(),
    hasCdn: true,
    site: async () => settings,
    now: Date.now,
  };
  return {
    rig,
    bucket,
    write: async (key, text) => {
      await rig.s3.put(bucket.posts, key, text);
      if (key === siteFileKey) {
        settings = inForce(String(text));
        await queueEverything(local);
        return;
      }
      await local.posts.put(key, text);
      if (isPost(key)) await local.queue.ingest([key]);
    },
    remove: async (key) => {
      await rig.s3.remove(bucket.posts, key);
      await local.posts.delete(key);
      await local.queue.ingest([key]);
    },
    publish: async () => {
      await rig.settle(['ingest', 'refresh']);
      const due = [...local.queue.due].filter(([, at]) => at <= Date.now());
      for (const [key] of due) local.queue.due.delete(key);
      await local.queue.ingest(due.map(([key]) => key));
      await drain(local);
    },
    differences,
    feed: async (key) => (await rig.s3.read(bucket.feeds, key))?.body.toString(),
  };

  async function differences(): Promise<string[]> {
    const expected = (await local.feeds.list('', { limit: Number.POSITIVE_INFINITY })).objects;
    const keys = new Set([...expected.map(({ key }) => key), ...rig.s3.keys(bucket.feeds)]);
    const found = rig.ledger.refused();
    for (const key of keys) {
      const there = await rig.s3.read(bucket.feeds, key);
      const right = expected.some((one) => one.key === key) && (await local.feeds.get(key));
      if (!there) found.push(`missing ${key}`);
      else if (!right) found.push(`unexpected ${key}`);
      else if (!there.body.equals(right.body))
        found.push(`different ${key}: ${firstDifference(String(there.body), textOf(right.body))}`);
    }
    return found;
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function firstDifference(one: string, other: string): string {
  let at = 0;
  while (one[at] === other[at]) at++;
  const [is, ought] = [one, other].map((text) => text.slice(Math.max(0, at - 40), at + 60));
  return `${JSON.stringify(is)} ought to be ${JSON.stringify(ought)}`;
}

/** The files of a folder, by their paths in it. */
export function filesOf(folder: string): Map<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return new Map(files.map((path) => [path, readFileSync(join(folder, path))]));
}
