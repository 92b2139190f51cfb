import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The params of serverless.yml that each variant sets. */
export const variants = {
  plain: {},
  full: {
    postsBucket: 'my-blog',
    domain: 'feeds.example.org',
    certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b',
    alarmEmail: 'ann@example.org',
    accessLogs: 'true',
    serveConcurrency: '20',
  },
} as const;

export type Variant = keyof typeof variants;

/** Packages the service as `serverless deploy` does, without an account; throws what osls says. */
export function pack(into: string, params: Record<string, string> = {}, stage = 'prod'): void {
  const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  const { PATH } = process.env;
  const osls = spawnSync(
    join(root, 'node_modules/.bin/osls'),
    ['package', '--stage', stage, '--package', into, ...given],
    // Nothing else: no credentials, no settings of whoever runs the tests.
    { cwd: root, env: { PATH: `${join(root, 'node_modules/.bin')}:${PATH}` }, encoding: 'utf8' },
  );
  if (osls.status !== 0) throw new Error(osls.stdout + osls.stderr);
}
