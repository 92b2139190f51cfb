import { STATUS_CODES } from 'node:http';
import { stylesheet } from '../feed/stylesheet.ts';
import { element, escaped, lines } from '../feed/xml.ts';
import { onPages } from './headers.ts';
import { mediaType } from './negotiate.ts';

/** What is said where there is nothing to give. */
export interface Refusal {
  /** For people: one or two sentences. */
  detail: string;
  /** Path of a feed that was probably meant. */
  near?: string | undefined;
  /** Path of the list of all feeds, where it may help. */
  all?: string;
  headers?: Record<string, string>;
}

const types = ['text/plain', 'text/html', 'application/json'] as const;

/** A short answer in the form that the request's `Accept` asks for: text, a page, or RFC 9457. */
export function refuse(request: Request, status: number, refusal: Refusal): Response {
  const type = mediaType(request.headers.get('accept'), types);
  const text = bodies[type](status, refusal);
  const headers = {
    'content-type':
      type === 'application/json' ? 'application/problem+json' : `${type}; charset=utf-8`,
    'content-length': String(Buffer.byteLength(text)),
    vary: 'Accept',
    'cache-control': 'no-store',
    ...(type === 'text/html' && onPages),
    ...refusal.headers,
  };
  return new Response(text, { status, headers });
}

const bodies: Record<(typeof types)[number], (status: number, refusal: Refusal) => string> = {
  'text/plain': (_, refusal) =>
    `${sentences(refusal)}${refusal.near ? ` Did you mean ${refusal.near}?` : ''}\n`,
  'text/html': (status, { detail, near, all }) => {
    const title = STATUS_CODES[status]!;
    const links = [
      ...(near ? [`Did you mean ${element('a', { href: near }, legible(near))}?`] : []),
      ...(all ? [element('a', { href: all }, 'All feeds')] : []),
    ];
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${stylesheet}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${escaped(detail)}</p>
${lines(links.map((link) => `<p>${link}</p>`))}</main>
</body>
</html>
`;
  },
  'application/json': (status, refusal) => {
    const { near } = refusal;
    const detail = sentences(refusal);
    return `${JSON.stringify({ title: STATUS_CODES[status], status, detail, near })}\n`;
  },
};

function sentences({ detail, all }: Refusal): string {
  return all ? `${detail} All feeds are listed at ${all}.` : detail;
}

/** A path of ours as people read it: `/tags/ёлка/`. */
function legible(path: string): string {
  return element('bdi', {}, escaped(decodeURI(path)));
}
