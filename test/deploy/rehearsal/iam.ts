/** Policies as IAM reads them, as far as the template uses them; anything else is an error, never a guess. */

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | { Service?: string | string[] };
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Who wants to do what to what. */
export interface Question {
  action: string;
  resource: string;
  /** A service, where a resource's own policy is asked. */
  principal?: string;
  /** Condition keys that this request has. */
  context?: Record<string, string>;
}

/** One action on one resource, as a statement grants it. */
export interface Grant {
  sid: string;
  action: string;
  resource: string;
}

/** Every action on every resource that these statements allow. */
export function grantsOf(statements: Statement[]): Grant[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Sid = '', Action, Resource }) =>
      list(Action).flatMap((action) =>
        list(Resource).map((resource) => ({ sid: Sid, action, resource })),
      ),
    );
}

/** Those grants by which it is allowed; empty if it is not. */
export function allowing(statements: Statement[], question: Question): Grant[] {
  const holding = statements.filter((one) => concerns(one, question));
  const granted = holding.flatMap((one) =>
    grantsOf([one]).filter(
      ({ action, resource }) =>
        like(action, question.action, 'i') && like(resource, question.resource),
    ),
  );
  return holding.some((one) => one.Effect === 'Deny' && names(one, question)) ? [] : granted;
}

function names({ Action, Resource }: Statement, { action, resource }: Question): boolean {
  return (
    list(Action).some((one) => like(one, action, 'i')) &&
    list(Resource).some((one) => like(one, resource))
  );
}

function concerns({ Principal, Condition = {} }: Statement, question: Question): boolean {
  const services = Principal === '*' ? ['*'] : list(Principal?.Service);
  if (question.principal !== undefined && !services.some((one) => like(one, question.principal!)))
    return false;
  const context = new Map(
    Object.entries(question.context ?? {}).map(([key, value]) => [key.toLowerCase(), value]),
  );
  return Object.entries(Condition).every(([operator, wanted]) => {
    const compare = operators[operator];
    if (!compare) throw new Error(`the rig knows no condition ${operator}`);
    return Object.entries(wanted).every(([key, values]) => {
      const given = context.get(key.toLowerCase());
      return given !== undefined && list(values).some((value) => compare(value, given));
    });
  });
}

const operators: Record<string, (wanted: string, given: string) => boolean> = {
  StringEquals: (wanted, given) => wanted === given,
  StringLike: (wanted, given) => like(wanted, given),
  ArnEquals: (wanted, given) => like(wanted, given),
  ArnLike: (wanted, given) => like(wanted, given),
  Bool: (wanted, given) => wanted === given,
};

/** `*` is anything, `?` one character. */
function like(pattern: string, text: string, flags = ''): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
}

function list<T>(value: T | T[] | undefined): T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
