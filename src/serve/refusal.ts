import { STATUS_CODES } from 'node:http';
import { element, escaped } from '../feed/xml.ts';
import { onPages } from './headers.ts';
import { mediaType } from './negotiate.ts';

/** What is said where there is nothing to give. */
export interface Refusal {
  /** For people: one or two sentences. */
  detail: string;
  /** Path of a feed that was probably meant. */
  near?: string | undefined;
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
  'text/plain': (_, { detail, near }) => `${detail}${near ? ` Did you mean ${near}?` : ''}\n`,
  'text/html': (status, { detail, near }) => {
    const title = STATUS_CODES[status]!;
    const meant = near
      ? `<p>Did you mean ${element('a', { href: near }, escaped(near))}?</p>\n`
      : '';
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body>
<h1>${title}</h1>
<p>${escaped(detail)}</p>
${meant}</body>
</html>
`;
  },
  'application/json': (status, { detail, near }) =>
    `${JSON.stringify({ title: STATUS_CODES[status], status, detail, near })}\n`,
};
