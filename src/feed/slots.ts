/** A document with stand-ins: texts, and numbers of the values between them. */
export type Form = (string | number)[];

/** Stand-ins for the values of a document: see `slots`. */
export interface Slots {
  /** Keeps a value as it shall stand in the document and gives its stand-in. */
  put(value: string): string;
  /** The same for an instant, which `feed` would write in its own way. */
  putDate(value: string): Date;
  /** The document with the values. */
  fill(form: Form): string;
}

/**
 * `feed` builds every element and field, but around stand-ins for the values: it escapes some of
 * those twice and some not at all, rewrites ids as if they were URLs, and is slow. A stand-in is a
 * URL, as `feed` requires of some, and has nothing that it would escape. All else in the document
 * is `feed`'s own, so its indentation can go before the values come in, and documents that differ
 * in nothing but values are built once: see `once`.
 */
export function slots(): Slots {
  const values: string[] = [];
  const put = (value: string) => `slot:${values.push(value) - 1}`;
  return {
    put,
    putDate: (value) => new StandIn(put(value)),
    fill: (form) => form.map((part) => (typeof part === 'number' ? values[part] : part)).join(''),
  };
}

/** A date that says this, in whatever way `feed` asks it. A class: V8 keeps dates with methods of their own too long. */
class StandIn extends Date {
  readonly #text: string;

  constructor(text: string) {
    super(0);
    this.#text = text;
  }

  override toISOString(): string {
    return this.#text;
  }

  override toUTCString(): string {
    return this.#text;
  }
}

/** What `feed` built, with its stand-ins found: `standIn` captures their numbers. */
export function formOf(built: string, standIn: RegExp): Form {
  return built.split(standIn).map((part, at) => (at % 2 === 0 ? part : Number(part)));
}

/** Kinds of items whose forms are kept: an archive's differ in their tags' number and little else. */
const most = 500;

/** Has a form built once for each kind of what it is built of, in which stand-ins are the only values. */
export function once<T>(build: (of: T) => Form): (of: T) => Form {
  const forms = new Map<string, Form>();
  return (of) => {
    const kind = JSON.stringify(of);
    const known = forms.get(kind);
    if (known) return known;
    if (forms.size === most) forms.clear();
    const form = build(of);
    forms.set(kind, form);
    return form;
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
