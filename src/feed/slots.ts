/** Stand-ins for the values of a document: see `slots`. */
export interface Slots {
  /** Keeps a value as it shall stand in the document and gives its stand-in. */
  put(value: string): string;
  /** The document with a value wherever `place`, which captures the stand-in's number, matches. */
  fill(document: string, place: RegExp): string;
}

/**
 * `feed` builds every element and field, but around stand-ins for the values: it escapes some of
 * those twice and some not at all, rewrites ids as if they were URLs, and is slow with long ones.
 * A stand-in is a URL, as `feed` requires of some, and has nothing that it would escape. All else
 * in the document is `feed`'s own, so its indentation can go before the values come in.
 */
export function slots(): Slots {
  const values: string[] = [];
  return {
    put: (value) => `slot:${values.push(value) - 1}`,
    fill: (document, place) => document.replace(place, (_, at) => values[Number(at)]!),
  };
}

/** The fields that have a value: `feed` tells a missing field from an undefined one. */
export function given<T extends object>(fields: T): Given<T> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept as Given<T>;
}

type Given<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };
