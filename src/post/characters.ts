// XML 1.0 §2.2: Char is tab, LF, CR, U+0020–D7FF, U+E000–FFFD and U+10000–10FFFF. Nothing else may
// stand in a document, not even as a reference. A surrogate without its other half is no character.
const forbidden =
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** The text without the characters that XML 1.0 forbids. */
export function xmlText(text: string): string {
  // Nearly every text is clean, and telling so is much cheaper than replacing nothing.
  if (!control.test(text) && text.isWellFormed()) return text;
  return text.replace(forbidden, '');
}
