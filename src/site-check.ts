import { closest } from 'fastest-levenshtein';
import { EVENT_ID, type Event, getScalarValue, load, parseEvents, YAMLException } from 'js-yaml';
import { InvalidSite } from './errors.ts';
import { oneLine } from './problem.ts';

/**
 * How a site file is judged: checks walk the YAML and note every fault with its line, so that one
 * reading tells the publisher all there is to mend. The table of keys is in `site.ts`.
 */

/** Takes a value as YAML has it and gives it as the site wants it, or notes a fault and gives undefined. */
export type Check<T> = (value: unknown, path: string, fault: Fault) => T | undefined;

/** Notes what is wrong at a path (`podcast.image`). */
export type Fault = (path: string, message: string) => undefined;

/** Reads YAML through a check; throws InvalidSite with every fault, a line each. */
export function readChecked<T>(yaml: string, check: Check<T>): T {
  const lines = new Map<string, number>();
  const faults: { line: number; message: string }[] = [];
  const fault: Fault = (path, message) => {
    faults.push({
      line: lines.get(path) ?? 1,
      message: path === '' ? message : `${path}: ${message}`,
    });
    return undefined;
  };
  const value = parse(yaml, lines, fault);
  const result = value === undefined ? undefined : check(value, '', fault);
  if (faults.length === 0) return result as T;
  faults.sort((one, other) => one.line - other.line);
  const lineOf = ({ line, message }: (typeof faults)[number]) =>
    `line ${line}: ${oneLine(message)}`;
  throw new InvalidSite(faults.map(lineOf).join('\n'));
}

function parse(yaml: string, lines: Map<string, number>, fault: Fault): unknown {
  try {
    const events = parseEvents(yaml, {});
    if (events.length === 0) return {}; // only comments, which js-yaml refuses
    const value = load(yaml, { json: true, maxAliases: 0 });
    locate(yaml, events, lines, fault);
    return value ?? {};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    lines.set('', (error.mark?.line ?? 0) + 1);
    return fault('', `not readable as YAML: ${error.reason}`);
  }
}

interface Open {
  path: string;
  kind: 'document' | 'list' | 'map';
  /** Of a map: the key whose value comes next. Of a list: the index of what comes next. */
  next?: string | number | undefined;
}

/** Notes the line of every path; a key that stands twice is a fault, for one of the two would be lost. */
function locate(yaml: string, events: Event[], lines: Map<string, number>, fault: Fault): void {
  const lineAt = lineCounter(yaml);
  const open: Open[] = [];
  for (const event of events) {
    const parent = open.at(-1);
    if (event.type === EVENT_ID.POP) open.pop();
    else if (event.type === EVENT_ID.DOCUMENT) open.push({ path: '', kind: 'document' });
    else if (parent?.kind === 'map' && parent.next === undefined) {
      parent.next = event.type === EVENT_ID.SCALAR ? getScalarValue(yaml, event) : '?';
      const path = join(parent.path, parent.next);
      const again = lines.has(path);
      lines.set(path, lineAt(event));
      if (again) fault(path, 'stands twice; keep one of them');
      if (event.type !== EVENT_ID.SCALAR) open.push({ path, kind: 'document' });
    } else {
      const path = parent?.next === undefined ? '' : join(parent.path, parent.next);
      if (!lines.has(path)) lines.set(path, lineAt(event));
      if (parent?.kind === 'map') parent.next = undefined;
      else if (typeof parent?.next === 'number') parent.next += 1;
      if (event.type === EVENT_ID.MAPPING) open.push({ path, kind: 'map' });
      if (event.type === EVENT_ID.SEQUENCE) open.push({ path, kind: 'list', next: 0 });
    }
  }
}

function lineCounter(yaml: string): (event: Event) => number {
  let line = 1;
  let seen = 0;
  return (event) => {
    const start = 'start' in event ? event.start : 'valueStart' in event ? event.valueStart : -1;
    for (; seen < start; seen += 1) if (yaml[seen] === '\n') line += 1;
    return line;
  };
}

function join(path: string, next: string | number): string {
  return path === '' ? String(next) : `${path}.${next}`;
}

/** A check made of a function that gives undefined for what it does not allow. */
export function check<T>(allowed: string, take: (value: unknown) => T | undefined): Check<T> {
  return (value, path, fault) => {
    const taken = take(value);
    return taken === undefined ? fault(path, `must be ${allowed}, not ${shown(value)}`) : taken;
  };
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a map';
  const whole = typeof value === 'string' ? `"${value}"` : String(value);
  return whole.length > 60 ? `${whole.slice(0, 57)}…` : whole;
}

// XML 1.0 §2.2: no feed can carry these.
const unfit = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** Text with something in it; a number is taken as it is written. */
export const text: Check<string> = check(
  'text (in quotes, if YAML takes it otherwise)',
  (value) => {
    const written = typeof value === 'number' ? String(value) : value;
    if (typeof written !== 'string' || written.trim() === '') return undefined;
    return unfit.test(written) || !written.isWellFormed() ? undefined : written.trim();
  },
);

/** Text that a function takes, and perhaps mends. */
export function textThat(
  allowed: string,
  take: (value: string) => string | undefined,
): Check<string> {
  return check(allowed, (value) =>
    typeof value === 'string' && !unfit.test(value) ? take(value.trim()) : undefined,
  );
}

export const flag: Check<boolean> = check('true or false', (value) =>
  typeof value === 'boolean' ? value : undefined,
);

export function whole(least: number, most: number): Check<number> {
  return check(`a whole number from ${least} to ${most}`, (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? Number(value)
      : undefined,
  );
}

/** One of a few words; a near miss is answered with the nearest. */
export function oneOf<T extends string>(words: readonly T[]): Check<T> {
  return (value, path, fault) => {
    if (words.includes(value as T)) return value as T;
    const near = typeof value === 'string' ? `; did you mean ${nearest(value, words)}?` : '';
    return fault(path, `must be ${words.join(' or ')}, not ${shown(value)}${near}`);
  };
}

/** A list, or one value in place of a list of one; each value is named once. */
export function list<T>(each: Check<T>): Check<T[]> {
  return (value, path, fault) => {
    if (!Array.isArray(value)) {
      const only = each(value, path, fault);
      return only === undefined ? undefined : [only];
    }
    const taken = value.map((one, index) => each(one, join(path, index), fault));
    return [...new Set(taken)] as T[];
  };
}

/** A map with names of the publisher's own. */
export function mapOf<T>(name: Check<string>, each: Check<T>): Check<Record<string, T>> {
  return (value, path, fault) => {
    if (!isMap(value)) return fault(path, `must be a map (name: value), not ${shown(value)}`);
    // No prototype: a post may be by an author called `constructor`.
    const taken: Record<string, T> = Object.create(null);
    for (const [written, one] of Object.entries(value)) {
      const key = name(written, join(path, written), fault);
      const result = each(one, join(path, written), fault);
      if (key !== undefined && result !== undefined) taken[key] = result;
    }
    return taken;
  };
}

/** A map with a closed list of keys; one without a value counts as not there. */
export function object<T extends object>(
  keys: { [K in keyof T]-?: Check<NonNullable<T[K]>> },
  required: readonly (keyof T & string)[] = [],
): Check<T> {
  return (value, path, fault) => {
    if (!isMap(value)) return fault(path, `must be a map (key: value), not ${shown(value)}`);
    const taken: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(value)) {
      const at = join(path, key);
      if (!Object.hasOwn(keys, key)) {
        fault(at, `is no setting; did you mean ${nearest(key, Object.keys(keys))}?`);
      } else if (one !== null) taken[key] = keys[key as keyof T](one, at, fault);
    }
    for (const key of required) {
      if (!(key in taken)) fault(path, `must have ${key}`);
    }
    return taken as T;
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The known word that a wrong one was probably meant to be. */
export function nearest(word: string, known: readonly string[]): string {
  const lower = word.toLowerCase();
  const related = known.filter(
    (one) => one.length > 2 && lower.length > 2 && (one.includes(lower) || lower.includes(one)),
  );
  return closest(lower, related.length > 0 ? related : [...known]);
}
