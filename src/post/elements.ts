/** What of HTML a feed may carry: allow-lists; whatever is not named here is not let through. */

/** Elements that stay. Others are unwrapped: their content stays. */
export const kept: ReadonlySet<string> = new Set(
  (
    'a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code ' +
    'col colgroup dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr ' +
    'i img ins kbd li main mark ol p picture pre q rp rt ruby s samp section small source span strike ' +
    'strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr'
  ).split(' '),
);

/** Elements that go with all that is in them. */
export const dropped: ReadonlySet<string> = new Set(
  (
    'script style template noscript head title textarea select option optgroup datalist button ' +
    'object applet svg frameset noframes annotation annotation-xml dialog map nav'
  ).split(' '),
);

/** Elements that are unwrapped even where their end tags are forgotten; any other name was no element. */
export const unwrapped: ReadonlySet<string> = new Set(
  (
    'base basefont bgsound blink body canvas data dir embed fieldset font form frame hgroup html iframe ' +
    'input keygen label legend link marquee math menu menuitem meta meter nobr noembed output param ' +
    'progress rb rtc search slot spacer tt xml xmp'
  ).split(' '),
);

/** Elements that have no content and no end tag. */
export const voids: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/** Elements that mean nothing when they are empty, and leave gaps in readers. */
export const hollow: ReadonlySet<string> = new Set(
  'a b blockquote center dl em figcaption figure h1 h2 h3 h4 h5 h6 i ol p span strong ul'.split(
    ' ',
  ),
);

/** Elements that may hold a block, so that a link put among their children wants its own paragraph. */
export const holders: ReadonlySet<string> = new Set(
  'article aside blockquote center dd div figure footer header li main section td'.split(' '),
);

const everywhere: ReadonlySet<string> = new Set(['class', 'dir', 'id', 'lang', 'title']);
const cell = 'align colspan headers rowspan scope valign';
const own: Record<string, ReadonlySet<string>> = Object.fromEntries(
  Object.entries({
    a: 'href hreflang name rel type',
    audio: 'src',
    blockquote: 'cite',
    col: 'span',
    colgroup: 'span',
    del: 'cite datetime',
    details: 'open',
    img: 'alt height longdesc sizes src srcset width',
    ins: 'cite datetime',
    li: 'value',
    ol: 'reversed start type',
    q: 'cite',
    source: 'media sizes src srcset type',
    td: cell,
    th: cell,
    time: 'datetime',
    track: 'kind label src srclang',
    video: 'height poster src width',
  }).map(([name, attributes]) => [name, new Set(attributes.split(' '))]),
);

/** True if the element may bear the attribute: never a style or an event handler. */
export function bears(element: string, attribute: string): boolean {
  return everywhere.has(attribute) || (Object.hasOwn(own, element) && own[element]!.has(attribute));
}
