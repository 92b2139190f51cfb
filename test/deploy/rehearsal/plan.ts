import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { account, awsName } from '../aws-names.ts';
import { type Naming, type Properties, type Stack, stackOf, type Template } from '../template.ts';
import { filesIn } from '../zip.ts';
import { allowing, type Statement } from './iam.ts';
import type { FunctionPlan } from './lambda.ts';
import { nameOf } from './queues.ts';

/** The stack of a template as the rig needs it: its queues' URLs lead to `address`. */
export function localStack(template: Template, address: string): Stack {
  const naming: Naming = (named) =>
    named.type === 'AWS::SQS::Queue' && named.attribute === undefined
      ? `${address}/${account}/${named.name}`
      : awsName(named);
  return stackOf(template, naming);
}

export interface Role {
  statements: Statement[];
  /** Whether a service may take it on; `context` are condition keys of its request. */
  trusts(service: string, context?: Record<string, string>): boolean;
}

/** Roles by ARN. */
export function rolesOf(stack: Stack): Map<string, Role> {
  return new Map(
    stack.of('AWS::IAM::Role').map(([id, { Properties }]) => {
      const { AssumeRolePolicyDocument, Policies = [], ...others } = Properties;
      const strange = Object.keys(others).filter((one) => !['RoleName', 'Tags'].includes(one));
      if (strange.length > 0) throw new Error(`the rig knows no ${strange.join(', ')} of a role`);
      const trust = AssumeRolePolicyDocument.Statement.map((one: Statement) => ({
        ...one,
        Resource: '*',
      }));
      const role: Role = {
        statements: Policies.flatMap((one: Properties) => one['PolicyDocument'].Statement),
        trusts: (principal, context = {}) =>
          allowing(trust, { action: 'sts:AssumeRole', resource: id, principal, context }).length >
          0,
      };
      return [stack.name(id, 'Arn'), role] as const;
    }),
  );
}

/** Functions by name, unpacked into folders of their own. Throws if Lambda may not take on a role. */
export function functionsIn(
  stack: Stack,
  { roles, folder, into }: { roles: Map<string, Role>; folder: string; into: string },
): Map<string, FunctionPlan & { role: Role }> {
  const groups = new Set(stack.of('AWS::Logs::LogGroup').map(([id]) => stack.name(id)));
  return new Map(
    stack.of('AWS::Lambda::Function').map(([id, { Properties }]) => {
      const name: string = Properties['FunctionName'];
      const role = roles.get(Properties['Role']);
      if (!role?.trusts('lambda.amazonaws.com'))
        throw new Error(`${name}: Lambda may not take on ${Properties['Role']}`);
      const logGroup = `/aws/lambda/${name}`;
      // No role may make one.
      if (!groups.has(logGroup)) throw new Error(`${name}: there is no log group ${logGroup}`);
      if (Properties['Runtime'] !== 'nodejs24.x') throw new Error(`${name}: not of Node 24`);
      const plan = {
        name,
        arn: stack.name(id, 'Arn'),
        code: unpack(join(folder, nameOf(Properties['Code'].S3Key)), join(into, name)),
        handler: Properties['Handler'],
        timeout: Properties['Timeout'] ?? 3,
        memory: Properties['MemorySize'] ?? 128,
        environment: Properties['Environment']?.Variables ?? {},
        logGroup,
        role,
      };
      return [name, plan] as const;
    }),
  );
}

function unpack(zip: string, into: string): string {
  for (const [name, bytes] of filesIn(zip)) {
    mkdirSync(dirname(join(into, name)), { recursive: true });
    writeFileSync(join(into, name), bytes);
  }
  return into;
}

/** Queues, those first that others name: dead letters. */
export function queuesIn(stack: Stack): { arn: string; properties: Properties; isDead: boolean }[] {
  const all = stack.of('AWS::SQS::Queue');
  const dead = new Set(
    all.map(([, { Properties }]) => Properties['RedrivePolicy']?.deadLetterTargetArn),
  );
  return all
    .map(([id, { Properties }]) => {
      const arn = stack.name(id, 'Arn');
      return { arn, properties: Properties, isDead: dead.has(arn) };
    })
    .sort((a, b) => Number(b.isDead) - Number(a.isDead));
}
