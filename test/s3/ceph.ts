import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { guard } from './guard.ts';

/**
 * A real S3 server for tests: Ceph's RADOS gateway on one monitor and one OSD that keeps its
 * objects in memory. It lives in a new folder under the system's temporary one, listens on
 * 127.0.0.1 alone, and is gone with `stop` or with the process that started it.
 */
export interface S3Server {
  endpoint: string;
  accessKey: string;
  secretKey: string;
  /** The server itself, without what it stores in: for tests of its absence. */
  gateway: {
    kill(): Promise<void>;
    /** Ready when it answers. */
    start(): Promise<void>;
  };
  stop(): Promise<void>;
}

const packages = 'radosgw ceph-mon ceph-osd ceph-common';
const patience = 60_000;
const run = promisify(execFile);

/** Starts the server; ready in some ten seconds. It keeps at most `memory` bytes. */
export async function start({ memory = 2 ** 30 } = {}): Promise<S3Server> {
  await requirePackages();
  const folder = await mkdtemp(join(tmpdir(), 'tidings-ceph-'));
  const { daemon, stop } = guard(folder);
  try {
    const [monitor, gateway] = await freePorts(2);
    await configure(folder, { monitor: monitor!, gateway: gateway!, memory });
    const user = { accessKey: randomBytes(10).toString('hex'), secretKey: randomUUID() };
    await boot(folder, daemon, user);
    const endpoint = `http://127.0.0.1:${gateway}`;
    await answers(endpoint);
    return { endpoint, ...user, gateway: gatewayOf(folder, daemon, endpoint), stop };
  } catch (cause) {
    const said = await logs(folder);
    await stop();
    // A daemon's crash report runs to pages and is in the cause twice: its start is enough.
    throw new Error(`Ceph did not start: ${(cause as Error).message.slice(0, 1000)}\n${said}`);
  }
}

async function requirePackages(): Promise<void> {
  for (const program of ['ceph-mon', 'ceph-osd', 'ceph-authtool', 'radosgw', 'radosgw-admin'])
    await run(program, ['--version']).catch((cause) => {
      const remedy = `apt-get update && apt-get install -y --no-install-recommends ${packages}`;
      throw new Error(`${program} is not installed; run: ${remedy}`, { cause });
    });
}

async function configure(
  folder: string,
  { monitor, gateway, memory }: { monitor: number; gateway: number; memory: number },
): Promise<void> {
  const lines = {
    fsid: randomUUID(),
    mon_host: `v2:127.0.0.1:${monitor}`,
    ms_bind_msgr1: false,
    run_dir: folder,
    admin_socket: '""',
    keyring: join(folder, 'keyring'),
    mon_data: join(folder, 'mon'),
    osd_data: join(folder, 'osd'),
    rgw_data: join(folder, 'rgw'),
    log_file: join(folder, '$name.log'),
    osd_objectstore: 'memstore',
    memstore_device_bytes: memory,
    // One copy on one OSD: a pool is usable without a second host.
    osd_pool_default_size: 1,
    mon_allow_pool_size_one: true,
    osd_crush_chooseleaf_type: 0,
    osd_pool_default_pg_num: 4,
    osd_pool_default_pg_autoscale_mode: 'off',
    rgw_frontends: `beast endpoint=127.0.0.1:${gateway} tcp_nodelay=1`,
    rgw_enable_apis: 's3',
    rgw_dynamic_resharding: false,
  };
  const text = Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`);
  // The OSD's address is no global setting: it would give the monitor its default ports.
  const osd = '[osd]\npublic_addr = 127.0.0.1\ncluster_addr = 127.0.0.1\n';
  await writeFile(join(folder, 'ceph.conf'), `[global]\n${text.join('')}${osd}`);
}

async function boot(
  folder: string,
  daemon: (command: string) => void,
  { accessKey, secretKey }: { accessKey: string; secretKey: string },
): Promise<void> {
  // `timeout`, and not ours: it holds when this process is gone too.
  const within = (...command: string[]) => run('timeout', ['60', ...command], { cwd: folder });
  const all = ['mon', 'osd', 'mgr'].flatMap((part) => ['--cap', part, 'allow *']);
  await within('ceph-authtool', 'keyring', '-C', '-g', '-n', 'mon.', '--cap', 'mon', 'allow *');
  await within('ceph-authtool', 'keyring', '-g', '-n', 'client.admin', ...all);
  await within('ceph-authtool', 'keyring', '-g', '-n', 'osd.0', ...all);

  const conf = ['-c', 'ceph.conf'];
  await within('ceph-mon', ...conf, '--mkfs', '-i', 'a', '--keyring', 'keyring');
  daemon('ceph-mon -c ceph.conf -f -i a >mon.out 2>&1');
  const osd = randomUUID();
  await within('ceph', ...conf, 'osd', 'new', osd, '0');
  await mkdir(join(folder, 'osd'));
  await within('ceph-osd', ...conf, '--mkfs', '-i', '0', '--osd-uuid', osd);
  daemon('ceph-osd -c ceph.conf -f -i 0 >osd.out 2>&1');
  await within(
    'radosgw-admin',
    ...conf,
    ...['user', 'create', '--uid', 'tidings', '--display-name', 'tidings'],
    ...['--access-key', accessKey, '--secret-key', secretKey],
  );
  daemon(runGateway);
}

// exec: the id that is written down is the gateway's own.
const runGateway = `sh -c 'echo $$ >rgw.pid; exec radosgw -c ceph.conf -f -n client.admin >>rgw.out 2>&1'`;

function gatewayOf(
  folder: string,
  daemon: (command: string) => void,
  endpoint: string,
): S3Server['gateway'] {
  return {
    kill: async () => {
      const id = Number(await readFile(join(folder, 'rgw.pid'), 'utf8'));
      process.kill(id, 'SIGKILL');
      while (await fetch(endpoint).catch(() => undefined)) await sleep(20);
    },
    start: async () => {
      daemon(runGateway);
      await answers(endpoint);
    },
  };
}

async function answers(endpoint: string): Promise<void> {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    if (await fetch(endpoint).catch(() => undefined)) return;
    await sleep(100);
  }
  throw new Error(`${endpoint} does not answer`);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** The end of what each daemon printed. */
async function logs(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.out'));
  const ends = names.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    return `--- ${name}\n${text.slice(-1000)}`;
  });
  return (await Promise.all(ends)).join('\n');
}
