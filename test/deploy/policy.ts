import type { Stack } from './template.ts';

/** An IAM action and the ARN that a role allows it on, whose end may be `*`. */
export interface Permission {
  action: string;
  resource: string;
}

/** What a role allows, one action on one resource each. */
export function permissionsOf(stack: Stack, role: string): Permission[] {
  const policies = stack.resources[role]!.Properties['Policies'] as {
    PolicyDocument: { Statement: { Action: string | string[]; Resource: string | string[] }[] };
  }[];
  return policies
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) => [Resource].flat().map((resource) => ({ action, resource }))),
    );
}
