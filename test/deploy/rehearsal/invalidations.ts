import type { Reply, Request } from './front-door.ts';

/** A stand-in for the part of CloudFront's API that takes invalidations: done at once, or when it is asked for one. */

export interface Invalidation {
  id: string;
  distribution: string;
  paths: string[];
  /** Epoch milliseconds. */
  at: number;
  completed?: number;
}

export function invalidations(
  account: string,
  allows: (request: Request, action: string, resource: string) => boolean,
) {
  const all: Invalidation[] = [];
  let isSlow = false;
  return {
    all,
    /** Whether from now on none is done before its caller has asked for it. */
    slow: (given: boolean) => {
      isSlow = given;
    },
    serve,
  };

  async function serve(request: Request): Promise<Reply> {
    const [, , , distribution = '', , id] = request.path.split('/');
    const action = `cloudfront:${id === undefined ? 'CreateInvalidation' : 'GetInvalidation'}`;
    const arn = `arn:aws:cloudfront::${account}:distribution/${distribution}`;
    if (!allows(request, action, arn)) return { status: 403, body: errorOf('AccessDenied', arn) };
    if (id === undefined) {
      const body = request.body.toString();
      const paths = [...body.matchAll(/<Path>(.*?)<\/Path>/g)].map(([, path]) => path!);
      const at = Date.now();
      const done = isSlow ? {} : { completed: at };
      all.push({ id: `I${all.length + 1}`, distribution, paths, at, ...done });
      return told(201, all.at(-1)!);
    }
    const asked = all.find((one) => one.id === id);
    if (!asked) return { status: 404, body: errorOf('NoSuchInvalidation', id) };
    asked.completed = Date.now();
    return told(200, asked);
  }
}

function told(status: number, { id, at, completed, paths }: Invalidation): Reply {
  const state = completed === undefined ? 'InProgress' : 'Completed';
  const items = paths.map((path) => `<Path>${path}</Path>`).join('');
  const body = `<Invalidation><Id>${id}</Id><Status>${state}</Status><CreateTime>${new Date(at).toISOString()}</CreateTime><InvalidationBatch><CallerReference>${id}</CallerReference><Paths><Quantity>${paths.length}</Quantity><Items>${items}</Items></Paths></InvalidationBatch></Invalidation>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function errorOf(code: string, message: string): string {
  return `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}
