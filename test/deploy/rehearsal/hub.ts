import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A WebSub hub on loopback, with a certificate of its own; it takes everything, and notes what and
 * when. Two more at the same host are no good: one answers 500, one never.
 */
export async function startHub() {
  const folder = mkdtempSync(join(tmpdir(), 'tidings-hub-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=hub', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', ...made, ...files, ...subject], { stdio: 'ignore' });
  const pings: { topic: string; at: number }[] = [];
  const tries = { '/fails': 0, '/hangs': 0 };
  const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
  const server = createServer(tls, async (request, response) => {
    const path = request.url as keyof typeof tries;
    if (path in tries) {
      tries[path]++;
      if (path === '/fails') response.writeHead(500).end();
      return;
    }
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    for (const topic of new Set(form.values()))
      if (topic.startsWith('http')) pings.push({ topic, at: Date.now() });
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** Whoever is to trust it needs this file. */
    certificate,
    pings,
    /** How often each of the two was asked. */
    tries,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
      rmSync(folder, { recursive: true });
    },
  };
}
