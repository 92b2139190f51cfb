/** Stand-ins for the values of one document: see `slots`. */
export interface Slots {
  /** Keeps a value, escaped already, and gives its stand-in. */
  put(ready: string): string;
  /** The document with every stand-in replaced by its value. */
  fill(document: string): string;
}

/**
 * `feed` builds the elements, around stand-ins instead of the values: it escapes some of those
 * twice, some not at all, rewrites ids as URLs and is slow with long ones. A stand-in is a URL,
 * which `feed` insists on, and has no character that it would change; the rest of the document is
 * `feed`'s own constants, so white space between elements can be dropped before values come in.
 */
export function slots(): Slots {
  const values: string[] = [];
  return {
    put: (ready) => `slot:${values.push(ready) - 1}`,
    fill: (document) =>
      document
        .replace(/\n +/g, '\n')
        .replaceAll('.000Z', 'Z')
        .replace(/(<!\[CDATA\[)?slot:(\d+)(?:\]\]>)?/g, (_, _cdata, at) => values[Number(at)]!),
  };
}

/** The fields that have a value: `feed` tells a missing field from an undefined one. */
export function given<T extends object>(fields: T): Given<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}

type Given<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};
