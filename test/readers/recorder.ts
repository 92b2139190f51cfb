import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that passed through, and what was answered. */
export interface Exchange {
  method: string;
  path: string;
  asked: IncomingHttpHeaders;
  status: number;
  answered: IncomingHttpHeaders;
}

/** A proxy that changes nothing and notes everything. */
export interface Recorder {
  address: string;
  /** What has passed since this was last called. */
  taken(): Exchange[];
  close(): Promise<void>;
}

/** Stands in front of a server on this machine. */
export async function recorder(address: string): Promise<Recorder> {
  const { hostname, port } = new URL(address);
  let exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers: asked } = incoming;
    const onward = request({ hostname, port, method, path, headers: asked }, (answer) => {
      const status = answer.statusCode!;
      exchanges.push({ method, path, asked, status, answered: answer.headers });
      outgoing.writeHead(status, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
