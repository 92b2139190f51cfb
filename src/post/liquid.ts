import { Context, filters, Liquid, LiquidError, Parser, type TagToken, Tokenizer } from 'liquidjs';
import { mostOf, within } from './budget.ts';
import { codeBlock, codeRanges } from './code.ts';
import { hexoTag } from './hexo-tags.ts';
import { renderMarkdown } from './markdown.ts';
import { unquoted } from './tags.ts';
import { linkTo, report, type Template } from './template.ts';

/**
 * Jekyll's templates: Liquid with Jekyll's tags, filters and variables. It reads no files, knows no
 * clock, and is bounded in steps, time and memory; a body it cannot read, or that goes beyond them,
 * stays as its author wrote it.
 */

const template = Symbol('template');

const engine = new Liquid({
  // Templates are the only files there are: none.
  templates: {},
  locale: 'en-US',
  preserveTimezones: true,
  timezoneOffset: 0,
  ownPropertyOnly: true,
  // Characters and members of lists that filters are given.
  memoryLimit: 2_000_000,
});

const mostTags = 10_000;
// Steps are counted first, for they are the same on every machine. This is for what one step may do.
const milliseconds = 500;

/**
 * Counts tags and outputs as they are run, in place of the engine's own limit, which is of time alone
 * and on the wall: where the processor is busy with something else, it ends posts that do no harm.
 */
class StepLimit {
  #left: number;
  readonly #begun = process.threadCpuUsage();

  constructor(steps: number) {
    this.#left = steps;
  }

  use(): void {}

  /** Called before each step. */
  check(): void {
    if (this.#left-- <= 0) throw new Error('it takes more steps than `limits.steps` allows');
    // To ask costs as much as a step.
    if (this.#left % 16 > 0) return;
    const { user, system } = process.threadCpuUsage(this.#begun);
    if (user + system > milliseconds * 1000) throw new Error('it takes more than half a second');
  }
}

/** Finds the next tag or output by a search: the engine asks of each character whether one begins there. */
class SearchingTokenizer extends Tokenizer {
  readonly #brace = /\{[{%]/g;

  override readHTMLToken(delimiters: string[]): ReturnType<Tokenizer['readHTMLToken']> {
    const begin = this.p;
    this.#brace.lastIndex = begin;
    this.p = this.#brace.exec(this.input)?.index ?? this.N;
    const token = super.readHTMLToken(delimiters);
    token.begin = begin;
    return token;
  }
}

/** The body with its Liquid run; as written, and reported, when it has an error. */
export function renderLiquid(body: string, given: Template): string {
  if (!/\{[{%]/.test(body)) return body;
  try {
    // The engine's time grows with the square of their number.
    if (body.split(/\{[{%]/, mostTags + 1).length > mostTags) {
      throw new Error(`there are more than ${mostTags} tags`);
    }
    return run(body, given);
  } catch (error) {
    const at = LiquidError.is(error) ? error.token?.getPosition()[0] : undefined;
    const cause = error instanceof Error ? error.message.split(/, line:|\n/, 1)[0] : String(error);
    report(
      given,
      `the body's Liquid has an error, so it is left as written: ${cause}`,
      'Correct it, or put {% raw %} and {% endraw %} around what is not meant as Liquid.',
      at,
    );
    return body;
  }
}

function run(body: string, given: Template): string {
  const tokens = new SearchingTokenizer(shieldCode(body), engine.options.operators);
  const templates = new Parser(engine).parseTokens(tokens.readTopLevelTokens(engine.options));
  // The engine's type has private fields, which nothing reads.
  const renderLimit = new StepLimit(given.site.limits.steps) as unknown as Context['renderLimit'];
  const context = new Context(
    scopeOf(given),
    engine.options,
    { sync: true },
    { renderLimit, liquid: engine },
  );
  const text = String(engine.renderSync(templates, context));
  within(text.length, mostOf(given.site));
  return text;
}

function scopeOf(given: Template): object {
  const { site, source, link } = given;
  const { origin, pathname } = new URL(site.url);
  const date = source.matter['date'];
  const page = { ...source.matter, url: URL.parse(link)?.pathname ?? link, path: source.key };
  return {
    [template]: given,
    site: {
      url: origin,
      baseurl: pathname.replace(/\/$/, ''),
      title: site.title,
      name: site.title,
      description: site.description,
      lang: site.language,
      time: date,
    },
    page,
    post: page,
  };
}

function templateOf(context: Context): Template {
  return (context.environments as { [template]: Template })[template];
}

/**
 * Samples of other languages' braces (`${{ secrets.X }}` in a fence) lie outside Liquid's reach, unless
 * they are within `raw` or use what only Liquid can mean. Jekyll would print them empty.
 */
function shieldCode(body: string): string {
  const own =
    /\{%-?\s*(?:end)?(?:raw|highlight|comment|capture|post_url|link|include)\b|\{\{-?\s*(?:site|page)\./;
  const shielded = [...body.matchAll(/\{%-?\s*(raw|highlight|comment)\b/g)].map(
    ({ index, 1: name }) => {
      const end = body.indexOf(`end${name}`, index);
      return [index, end < 0 ? body.length : end] as const;
    },
  );
  let result = '';
  let from = 0;
  let next = 0;
  for (const [start, end] of codeRanges(body)) {
    const code = body.slice(start, end);
    if (!/\{[{%]/.test(code) || own.test(code)) continue;
    while (next < shielded.length && shielded[next]![1] < start) next++;
    if (next < shielded.length && shielded[next]![0] < start) continue;
    result += `${body.slice(from, start)}{% raw %}${code}{% endraw %}`;
    from = end;
  }
  return result + body.slice(from);
}

engine.registerTag('post_url', {
  render(context: Context) {
    return linkTo(templateOf(context), nameOf(this.token), () => lineOf(this.token));
  },
});

engine.registerTag('link', {
  render(context: Context) {
    const name = nameOf(this.token);
    const given = templateOf(context);
    // Jekyll also links to pages and files, which keep their paths.
    if (given.links.has(name) || /\.(?:md|markdown|mdx)$|(?:^|\/)_posts\//.test(name)) {
      return linkTo(given, name, () => lineOf(this.token));
    }
    return `${given.site.url}/${name.replace(/^\//, '')}`;
  },
});

engine.registerTag('highlight', {
  parse(token: TagToken, rest) {
    this['templates'] = [];
    const stream = this.liquid.parser
      .parseStream(rest)
      .on('tag:endhighlight', () => stream.stop())
      .on('template', (inner) => this['templates'].push(inner))
      .on('end', () => {
        throw new Error(`tag ${token.getText()} not closed`);
      });
    stream.start();
  },
  *render(context: Context) {
    const code: string = yield this.liquid.renderer.renderTemplates(this['templates'], context);
    // Each character may become five, and within another `highlight` each of those five.
    context.memoryLimit.use(5 * code.length);
    return codeBlock(code, /^\s*(\S+)/.exec(this.token.args)?.[1]);
  },
});

engine.registerTag('gist', {
  render() {
    const id = nameOf(this.token).split(/\s/, 1)[0]!;
    return /^[\w./-]+$/.test(id) ? `<https://gist.github.com/${id}>` : '';
  },
});

// Plugins of Jekyll that mean what Hexo's tags of these names mean.
for (const name of ['youtube', 'vimeo', 'img', 'image', 'jsfiddle']) {
  engine.registerTag(name, {
    render(context: Context) {
      const tag = { name, markup: this.token.args.trim(), start: 0 };
      return hexoTag(tag, templateOf(context), () => lineOf(this.token));
    },
  });
}

// What they would include are the blog's own files, which say nothing outside its pages.
for (const name of [
  'include',
  'include_relative',
  'include_cached',
  'render',
  'layout',
  'seo',
  'feed_meta',
]) {
  engine.registerTag(name, { render: () => '' });
}

engine.registerFilter('relative_url', function (path: unknown) {
  const text = String(path ?? '');
  this.context.memoryLimit.use(text.length);
  const { pathname } = new URL(templateOf(this.context).site.url);
  return `${pathname.replace(/\/$/, '')}/${text.replace(/^\//, '')}`;
});

engine.registerFilter('absolute_url', function (path: unknown) {
  const text = String(path ?? '');
  this.context.memoryLimit.use(text.length);
  if (/^[a-z][a-z\d+.-]*:/i.test(text)) return text;
  return `${templateOf(this.context).site.url}/${text.replace(/^\//, '')}`;
});

engine.registerFilter('markdownify', function (text: unknown) {
  const given = String(text ?? '');
  // Markdown takes so many times as long as other filters.
  this.context.memoryLimit.use(50 * given.length);
  return renderMarkdown(given, 'jekyll', templateOf(this.context).link);
});

engine.registerFilter('smartify', (text: unknown) => text);
engine.registerFilter('strip_index', function (url: unknown) {
  const text = String(url ?? '');
  this.context.memoryLimit.use(text.length);
  return text.replace(/\/index\.html?$/, '/');
});

// The same post gives the same bytes on every day and machine: now is when it was published, and a
// time without a zone is not the machine's.
for (const name of [
  'date',
  'date_to_xmlschema',
  'date_to_rfc822',
  'date_to_string',
  'date_to_long_string',
]) {
  const format = filters[name] as (this: unknown, value: unknown, ...rest: unknown[]) => unknown;
  engine.registerFilter(name, function (value: unknown, ...rest: unknown[]) {
    const isClock = value === 'now' || value === 'today';
    const time = isClock ? templateOf(this.context).source.matter['date'] : value;
    return format.call(this, withZone(time), ...rest);
  });
}

// Nor is anything drawn by lot.
engine.registerFilter('sample', (list: unknown) => (Array.isArray(list) ? list[0] : list));

function withZone(time: unknown): unknown {
  if (typeof time !== 'string') return time;
  const parts = /^\s*(\d{4}-\d\d-\d\d)[T ]+(\d{1,2}:\d\d(?::\d\d)?)\s*$/.exec(time);
  return parts ? `${parts[1]}T${parts[2]!.padStart(parts[2]!.length > 5 ? 8 : 5, '0')}Z` : time;
}

function nameOf(token: TagToken): string {
  return unquoted(token.args);
}

function lineOf(token: TagToken): number {
  return token.getPosition()[0]!;
}
