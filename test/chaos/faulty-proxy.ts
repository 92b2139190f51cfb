import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../simulation/random.ts';

/** How often a request meets which trouble, 0 to 1 each; what is left passes unchanged. */
export interface Weather {
  /** 503 SlowDown, without the server having heard of it. */
  slowDown: number;
  /** The server acts and the reply is lost. */
  lostReply: number;
  /** The reply breaks off in the middle. */
  cutReply: number;
  /** The request reaches the server up to ten seconds late, when its sender has long given up. */
  late: number;
  /** The reply comes up to two seconds late. */
  slow: number;
}

export const calm: Weather = { slowDown: 0, lostReply: 0, cutReply: 0, late: 0, slow: 0 };

/** An HTTP proxy before an S3 server, with weather. The signature holds, for nothing that is signed is changed. */
export async function faultyProxy(to: string, chances: Random) {
  const upstream = new URL(to);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const met: Record<keyof Weather | 'passed' | 'unreachable', number> = {
    ...{ slowDown: 0, lostReply: 0, cutReply: 0, late: 0, slow: 0 },
    ...{ passed: 0, unreachable: 0 },
  };
  let weather = calm;
  const server = createServer(async (asked, reply) => {
    const body = Buffer.concat(await asked.toArray().catch(() => []));
    const fault = drawn();
    met[fault]++;
    if (fault === 'slowDown') return slowDown(reply);
    if (fault === 'late') await sleep(1000 + chances.below(9000));
    const answer = await forward(asked, body).catch(() => undefined);
    if (!answer) {
      met.unreachable++;
      return reply.destroy();
    }
    if (fault === 'slow') await sleep(chances.below(2000));
    if (fault === 'lostReply') return reply.destroy();
    reply.writeHead(answer.status, answer.headers);
    if (fault !== 'cutReply') return reply.end(answer.body);
    reply.write(answer.body.subarray(0, answer.body.length / 2), () => reply.destroy());
  }).listen(0, '127.0.0.1');
  server.on('clientError', (_, socket) => socket.destroy());
  await once(server, 'listening');

  function drawn(): keyof Weather | 'passed' {
    let left = chances.next();
    for (const [fault, share] of Object.entries(weather) as [keyof Weather, number][]) {
      left -= share;
      if (left < 0) return fault;
    }
    return 'passed';
  }

  async function forward({ method, url, rawHeaders }: IncomingMessage, body: Buffer) {
    const sent = request({
      ...{ host: upstream.hostname, port: upstream.port, agent },
      ...{ method: method!, path: url!, headers: withoutExpect(rawHeaders) },
    });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return {
      status: answer.statusCode!,
      headers: answer.rawHeaders,
      body: Buffer.concat(await answer.toArray()),
    };
  }

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    met,
    become: (next: Weather) => {
      weather = next;
    },
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await once(server.close(), 'close');
    },
  };
}

/** Node has answered it already. */
function withoutExpect(headers: string[]): string[] {
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]!]] : []));
  return pairs.filter(([name]) => name!.toLowerCase() !== 'expect').flat();
}

function slowDown(reply: ServerResponse): void {
  reply.writeHead(503, { 'content-type': 'application/xml' });
  reply.end('<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>no</Message></Error>');
}
