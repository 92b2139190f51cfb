import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { account, awsName, region } from './aws-names.ts';

/**
 * A compiled template as CloudFormation would make it: conditions decided, intrinsic functions
 * resolved. What a resource is called is up to AWS, so a `Naming` says it. Throws at what is not
 * there: a resource, an attribute, a condition.
 */

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
// biome-ignore lint/suspicious/noExplicitAny: as many shapes as AWS has types of resources.
export type Properties = Record<string, any>;

export interface Resource {
  Type: string;
  Condition?: string;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  Properties: Properties;
}

export interface Template {
  Parameters: Record<string, { Type: string; Default?: string }>;
  Conditions: Record<string, Value>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: Value; Condition?: string; Description?: string }>;
}

/** A resource to be named: `name` is what the template calls it, else its logical id. */
export interface Named {
  id: string;
  type: string;
  name: string;
  /** Undefined: what `Ref` gives. */
  attribute: string | undefined;
}

/** Undefined: it has no such attribute. */
export type Naming = (named: Named) => string | undefined;

/** The template in a folder that osls packaged into. */
export function readTemplate(folder: string): Template {
  const file = join(folder, 'cloudformation-template-update-stack.json');
  return JSON.parse(readFileSync(file, 'utf8'));
}

export interface Stack {
  /** Those whose condition holds, by logical id. */
  resources: Record<string, Resource>;
  outputs: Record<string, string>;
  /** Those of a type, with their logical ids. */
  of(type: string): [string, Resource][];
  /** What `Ref`, or with an attribute `Fn::GetAtt`, gives. */
  name(id: string, attribute?: string): string;
}

/** The property that says what a resource is called, where the template does. */
const nameProperty = /^(Bucket|Queue|Function|LogGroup|Topic)?Name$/;

const noValue = Symbol('AWS::NoValue') as unknown as Value;

/** The stack that a template, with the defaults of its parameters, makes. */
export function stackOf(template: Template, naming: Naming = awsName): Stack {
  const given: Record<string, Value> = {
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::NoValue': noValue,
  };
  for (const [name, { Default }] of Object.entries(template.Parameters))
    given[name] = Default ?? `{{${name}}}`;

  const both = ([left, right]: Value[]) => [resolve(left!), resolve(right!)] as const;
  // biome-ignore lint/suspicious/noExplicitAny: each has a shape of its own.
  const intrinsics: Record<string, (argument: any) => Value> = {
    Ref: ref,
    Condition: holds,
    'Fn::GetAtt': ([id, ...attribute]: string[]) => name(id!, attribute.join('.')),
    'Fn::Sub': (argument) =>
      Array.isArray(argument) ? sub(argument[0], argument[1]) : sub(argument),
    'Fn::If': ([condition, yes, no]) => resolve(holds(condition) ? yes : no),
    'Fn::Not': ([one]) => !resolve(one),
    'Fn::And': (all) => all.every(resolve),
    'Fn::Or': (all) => all.some(resolve),
    'Fn::Equals': (pair) => Object.is(...both(pair)),
    'Fn::Join': ([separator, parts]) => (resolve(parts) as string[]).join(separator),
    'Fn::Select': ([at, list]) => (resolve(list) as Value[])[Number(at)]!,
    'Fn::Split': ([separator, text]) => (resolve(text) as string).split(separator),
  };

  const resources: Record<string, Resource> = {};
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (resource.Condition && !holds(resource.Condition)) continue;
    const Properties = resolve((resource.Properties ?? {}) as Value) as Properties;
    resources[id] = { ...resource, Properties };
  }
  const outputs = Object.entries(template.Outputs)
    .filter(([, { Condition }]) => !Condition || holds(Condition))
    .map(([id, { Value }]) => [id, resolve(Value)]);
  return {
    resources,
    outputs: Object.fromEntries(outputs),
    of: (type) => Object.entries(resources).filter(([, { Type }]) => Type === type),
    name,
  };

  function holds(name: string): boolean {
    const condition = template.Conditions[name];
    if (condition === undefined) throw new Error(`no condition ${name}`);
    return resolve(condition) as boolean;
  }

  function name(id: string, attribute?: string): string {
    const resource = template.Resources[id];
    if (!resource) throw new Error(`no resource or parameter ${id}`);
    const { Type: type, Condition, Properties = {} } = resource;
    if (Condition && !holds(Condition)) throw new Error(`${id} is named, but not made`);
    const called = Object.entries(Properties).find(([property]) => nameProperty.test(property));
    const own = called ? (resolve(called[1]) as string) : id;
    const found = naming({ id, type, name: own, attribute });
    if (found === undefined) throw new Error(`no ${id}.${attribute} (${type})`);
    return found;
  }

  function resolve(value: Value): Value {
    if (Array.isArray(value)) return value.map(resolve).filter((one) => one !== noValue);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const intrinsic = entries.length === 1 ? intrinsics[entries[0]![0]] : undefined;
    if (intrinsic) return intrinsic(entries[0]![1]);
    const resolved = entries.map(([key, one]) => [key, resolve(one)] as const);
    return Object.fromEntries(resolved.filter(([, one]) => one !== noValue));
  }

  function ref(id: string): Value {
    return Object.hasOwn(given, id) ? given[id]! : name(id);
  }

  function sub(text: string, own: Record<string, Value> = {}): string {
    return text.replace(/\$\{([^!}]+)\}/g, (_, variable: string) => {
      if (Object.hasOwn(own, variable)) return String(resolve(own[variable]!));
      const [id, ...attribute] = variable.split('.');
      return attribute.length ? name(id!, attribute.join('.')) : String(ref(variable));
    });
  }
}
