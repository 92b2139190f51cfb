/** Content negotiation, RFC 9110 §12: which of the forms there are a reader likes best. */

/** What a header such as `Accept` lists, in lower case, each with its weight from 0 to 1. */
export type Weights = Map<string, number>;

/** Reads a list of `value;q=0.5`; a member whose weight is malformed is as if not listed. */
export function weightsOf(header: string): Weights {
  const weights: Weights = new Map();
  for (const one of header.split(',')) {
    const [value, ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    const written = parameters.find((part) => /^q\s*=/.test(part))?.replace(/^q\s*=\s*/, '') ?? '1';
    // §12.4.2: at most three decimals.
    if (value && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(written))
      weights.set(value, Number(written));
  }
  return weights;
}

/** The form with the highest weight above 0, the first of equals; undefined if there is none. */
export function best<T>(forms: readonly T[], weigh: (form: T) => number): T | undefined {
  let chosen: T | undefined;
  let highest = 0;
  for (const form of forms) {
    const weight = weigh(form);
    if (weight > highest) [chosen, highest] = [form, weight];
  }
  return chosen;
}

/** Which of these media types an `Accept` header asks for: the first, if it asks for none of them. */
export function mediaType<T extends string>(accept: string | null, types: readonly T[]): T {
  const weights = weightsOf(accept ?? '*/*');
  // §12.5.1: the most specific range counts.
  const weigh = (type: T) =>
    weights.get(type) ?? weights.get(type.replace(/\/.*/, '/*')) ?? weights.get('*/*') ?? 0;
  return best(types, weigh) ?? types[0]!;
}
