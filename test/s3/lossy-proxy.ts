import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/**
 * A TCP proxy that, after each `lose`, loses one reply: the server has acted, the client sees its
 * connection break. All else passes unchanged.
 */
export async function lossyProxy(to: string) {
  const { hostname, port } = new URL(to);
  let isLosing = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port || 80), hostname);
    client.pipe(upstream);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (bytes) => {
      if (isLosing) {
        isLosing = false;
        client.resetAndDestroy();
        upstream.destroy();
      } else client.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: () => {
      isLosing = true;
    },
    hasLost: () => !isLosing,
    close: async () => {
      await once(server.close(), 'close');
    },
  };
}
