import { TextDecoder } from 'node:util';
import { error, type Fault, warning } from './report.ts';

/** A document's text, and what is wrong with its encoding; no text if it cannot be read at all. */
export interface Decoded {
  text?: string;
  faults: Fault[];
}

/** What says which encoding a document has. */
interface Labels {
  mark: string | undefined;
  charset: string | undefined;
  declared: string | undefined;
}

/**
 * Decodes as XML 1.0 §4.3.3 and RFC 7303 say: the byte order mark first, then the charset of the
 * Content-Type, then the XML declaration, else UTF-8. Bytes that are not of the encoding are an error.
 */
export function decode(bytes: Uint8Array, contentType = ''): Decoded {
  const mark = byteOrderMark(bytes);
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1];
  const written = declaredEncoding(bytes, mark);
  // A declaration that could be read byte by byte is not in UTF-16.
  const impossible = !mark && /^utf-?16/i.test(written ?? '');
  const declared = impossible ? 'utf-8' : written;
  const label = mark ?? charset ?? declared ?? 'utf-8';
  const faults = impossible
    ? [mismatch(error, `the XML declaration says ${written}, the bytes are not`)]
    : disagreements({ mark, charset, declared });
  const decoder = decoderOf(label);
  if (!decoder) {
    const message = `the encoding ${JSON.stringify(label)} is not known; write the document in UTF-8`;
    return { faults: [...faults, error('UnknownEncoding', message)] };
  }
  if (!/^(utf-8|utf-16[lb]e|windows-1252)$/.test(decoder.encoding)) {
    const message = `not every reader knows the encoding ${label}; write the document in UTF-8`;
    faults.push(warning('ObscureEncoding', message));
  }
  try {
    return { text: read(bytes, label, decoder), faults };
  } catch {
    const remedy = 'save the document as UTF-8, or declare its encoding';
    const message = `${invalidBytes(bytes, label)} not ${label}; ${remedy}`;
    return { faults: [...faults, error('UnicodeError', message)] };
  }
}

function disagreements({ mark, charset, declared }: Labels): Fault[] {
  if (mark && declared && !sameEncoding(mark, declared)) {
    return [mismatch(error, `the byte order mark says ${mark}, the XML declaration ${declared}`)];
  }
  const own = mark ?? declared;
  if (charset && own && !sameEncoding(charset, own)) {
    return [mismatch(warning, `Content-Type says ${charset}, the document ${own}`)];
  }
  return [];
}

function mismatch(fault: typeof error, what: string): Fault {
  return fault('EncodingMismatch', `${what}; write both in UTF-8`);
}

/** Throws on bytes that the encoding does not have. */
function read(bytes: Uint8Array, label: string, decoder: TextDecoder): string {
  // WHATWG reads ASCII as windows-1252; to XML a byte above 127 is then an error.
  if (/^(us-)?ascii$/i.test(label) && bytes.some((byte) => byte > 127))
    throw new RangeError('not ASCII');
  return decoder.decode(bytes);
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  // UTF-16 with its mark, or known by its first character, XML 1.0 appendix F.
  const first = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (first === 0xfffe || first === 0x3c00) return 'utf-16le';
  if (first === 0xfeff || first === 0x003c) return 'utf-16be';
  return undefined;
}

function declaredEncoding(bytes: Uint8Array, mark: string | undefined): string | undefined {
  const wide = mark?.startsWith('utf-16');
  const head = new TextDecoder(wide ? mark : 'windows-1252').decode(bytes.subarray(0, 1024));
  return /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']+)["']/.exec(head.replace(/^ï»¿/, ''))?.[1];
}

/** `utf-16` is either of the two, as its byte order mark says. */
function sameEncoding(one: string, other: string): boolean {
  const name = (label: string) =>
    decoderOf(label)?.encoding.replace(/^utf-16.*/, 'utf-16') ?? label.toLowerCase();
  return name(one) === name(other);
}

function decoderOf(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    return undefined;
  }
}

function invalidBytes(bytes: Uint8Array, label: string): string {
  if (!/^utf-?8$/i.test(label)) return 'the bytes are';
  const lenient = new TextEncoder().encode(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  );
  let at = 0;
  while (at < bytes.length && bytes[at] === lenient[at]) at++;
  let line = 1;
  for (let i = 0; i < at; i++) if (bytes[i] === 10) line++;
  return `the bytes on line ${line} are`;
}
