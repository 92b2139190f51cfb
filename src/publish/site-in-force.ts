import { Conflict, InvalidSite, Unavailable } from '../errors.ts';
import { lastSiteKey, siteFileKey, siteProblemKey } from '../keys.ts';
import type { Problem } from '../problem.ts';
import { fingerprint, readSite, type Site } from '../site.ts';
import { getIfThere, type Store, type Stored } from '../store/store.ts';
import type { SiteInForce } from './pipeline.ts';

const passes = 20;

/** The settings of a deployed stage. */
export interface Settings {
  /** Those in force now: read anew each time, checked anew when the file has changed. */
  inForce(): Promise<SiteInForce>;
  /** The same, and noted in the state as the last valid ones; tells what is wrong, if they are not. */
  note(): Promise<{ inForce: SiteInForce; problem?: Problem }>;
}

/**
 * The site file in the posts bucket. One that is invalid, or has vanished, is a problem, and the
 * last valid one stays in force: the state keeps it, so that all publishers agree which that is.
 * With neither, `inForce` throws `Unavailable`: better nothing new than feeds of a wrong address.
 */
export function settingsIn(
  { posts, state }: { posts: Store; state: Store },
  options: { feeds?: string } = {},
): Settings {
  let last: { etag: string; inForce: SiteInForce } | undefined;
  return { inForce, note };

  async function inForce(): Promise<SiteInForce> {
    const file = await getIfThere(posts, siteFileKey);
    if (last && last.etag === file?.etag) return last.inForce;
    return (await note()).inForce;
  }

  async function note(): ReturnType<Settings['note']> {
    for (let pass = 0; pass < passes; pass++) {
      // The note is read before the file and put on condition: an older file never replaces a newer.
      const noted = await getIfThere(state, lastSiteKey);
      const file = await getIfThere(posts, siteFileKey);
      const found = settingsOf(file, noted);
      if ('problem' in found) {
        const { problem } = found;
        await putIfChanged(state, siteProblemKey, JSON.stringify(problem));
        if (noted) return { inForce: read(noted), problem };
        throw new Unavailable(`${problem.cause}: nothing is published until it is mended`);
      }
      if (!file) return found;
      try {
        if (!noted || Buffer.compare(noted.body, file.body) !== 0)
          await state.put(
            lastSiteKey,
            file.body,
            noted ? { update: noted.etag } : { create: true },
          );
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        continue;
      }
      await state.delete(siteProblemKey);
      last = { etag: file.etag, inForce: found.inForce };
      return found;
    }
    throw new Unavailable(`${siteFileKey} changed ${passes} times while it was read; try again`);
  }

  /** What the file says, the defaults where there never was one, or what is wrong with it. */
  function settingsOf(
    file: Stored | undefined,
    noted: Stored | undefined,
  ): { inForce: SiteInForce } | { problem: Problem } {
    if (!file && noted) {
      const cause = 'the site file has vanished; its last settings stay in force';
      return { problem: { key: siteFileKey, cause, remedy: `Put ${siteFileKey} back.` } };
    }
    try {
      return { inForce: read(file) };
    } catch (error) {
      if (!(error instanceof InvalidSite)) throw error;
      const remedy = 'Mend it; the last valid settings stay in force until then.';
      return { problem: { key: siteFileKey, cause: error.message, remedy } };
    }
  }

  function read(file: Stored | undefined): SiteInForce {
    const site = readSite(file ? new TextDecoder().decode(file.body) : '', options);
    return { site, fingerprint: fingerprint(site) };
  }
}

/** The settings that publishers last noted as valid; the defaults where there never were any. For who only reads. */
export async function notedSite(state: Store, options: { feeds?: string } = {}): Promise<Site> {
  const noted = await getIfThere(state, lastSiteKey);
  return readSite(noted ? new TextDecoder().decode(noted.body) : '', options);
}

/** Milliseconds for which who answers readers believes the settings it has read. */
const believed = 60_000;

/**
 * `notedSite` for one request after the other: read once a minute, and the same object until it
 * changes, for what was rendered is remembered with it. `feeds` is as for `readSite`.
 */
export function notedSites(state: Store, now: () => number): (feeds?: string) => Promise<Site> {
  let last: { at: number; etag?: string | undefined; feeds?: string | undefined; site: Site };
  return async (feeds) => {
    const at = now();
    const same = last?.feeds === feeds ? last : undefined;
    if (same && at - same.at < believed) return same.site;
    const noted = await getIfThere(state, lastSiteKey);
    const text = noted ? new TextDecoder().decode(noted.body) : '';
    const isSame = same && same.etag === noted?.etag;
    const site = isSame ? same.site : readSite(text, feeds ? { feeds } : {});
    last = { at, etag: noted?.etag, feeds, site };
    return site;
  };
}

async function putIfChanged(store: Store, key: string, text: string): Promise<void> {
  const held = await getIfThere(store, key);
  if (held && new TextDecoder().decode(held.body) === text) return;
  await store.put(key, text);
}
