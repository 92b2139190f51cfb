// XML 1.0 §2.2: Char is tab, LF, CR, U+0020–D7FF, U+E000–FFFD and U+10000–10FFFF. Nothing else may
// stand in a document, not even as a reference. A surrogate without its other half is no character.
const forbidden =
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// C1 controls are allowed, but were lost in a conversion: they are Windows-1252 read as Latin-1, and
// HTML reads references to them as Windows-1252 too. Five of them mean nothing there either.
const lost = /[\x80-\x9f]/g;
const odd = /[\0-\x08\x0b\x0c\x0e-\x1f\x80-\x9f\ufffe\uffff]/;
const windows = new TextDecoder('windows-1252');

/** The text without the characters that XML 1.0 forbids, and with those meant by C1 controls. */
export function xmlText(text: string): string {
  // Nearly every text is clean, and telling so is much cheaper than replacing nothing.
  if (!odd.test(text) && text.isWellFormed()) return text;
  return text.replace(forbidden, '').replace(lost, (one) => {
    const meant = windows.decode(Uint8Array.of(one.charCodeAt(0)));
    return meant === one ? '' : meant;
  });
}
