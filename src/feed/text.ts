import { Parser } from 'htmlparser2';

const blocks =
  /^(?:address|article|aside|blockquote|br|dd|div|dl|dt|fig\w+|footer|h[1-6r]|header|li|ol|p|pre|section|t[drh]|table|ul)$/;

/** What HTML says, in one line of plain text: no tags, entities resolved. */
export function textOf(html: string): string {
  let text = '';
  const gap = (name: string) => {
    if (blocks.test(name)) text += ' ';
  };
  const parser = new Parser({
    ontext: (part) => {
      text += part;
    },
    onopentagname: gap,
    onclosetag: gap,
  });
  parser.end(html);
  return text.replace(/\s+/g, ' ').trim();
}
