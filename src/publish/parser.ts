import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { InvalidPost } from '../errors.ts';
import type { Page, Post } from '../post/post.ts';
import type { Site } from '../site.ts';
import type { Parse } from './pipeline.ts';

/**
 * A second thread that parses posts. This one goes on meanwhile, and loads nothing of what parsing
 * takes: both would else have to warm up the same code.
 */
export interface ParserThread {
  parse: Parse;
  /** Ends the thread and frees what it holds; posts that come later are parsed on this one. */
  close(): void;
}

interface Question {
  id: number;
  key: string;
  body: Uint8Array;
  links: ReadonlyMap<string, string>;
  /** With the first question, and when the settings change. */
  site?: Site;
}

type Answer = { id: number } & ({ parsed: Post | Page } | { fault: Fault });

/** An error as it crosses to the other thread. */
interface Fault {
  isInvalidPost: boolean;
  message: string;
  remedy: string;
  line: number | undefined;
}

interface Asked {
  here(): Promise<Post | Page>;
  resolve(parsed: Post | Page | Promise<Post | Page>): void;
  reject(error: Error): void;
}

/** Starts a thread that parses posts. */
export function parserThread(): ParserThread {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { parses: true },
    // What a post leaves behind is garbage at once: a small young generation is as fast.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
  const open = new Map<number, Asked>();
  let asked = 0;
  let told: Site | undefined;
  let isOver = false;
  worker.unref();
  worker.on('message', (answer: Answer) => {
    const one = open.get(answer.id);
    open.delete(answer.id);
    if (open.size === 0) worker.unref();
    if ('parsed' in answer) one?.resolve(answer.parsed);
    else one?.reject(errorOf(answer.fault));
  });
  // If the thread dies, its posts are not lost. The exit that follows an error does the rest.
  worker.on('error', () => {});
  worker.on('exit', () => {
    isOver = true;
    for (const { here, resolve } of open.values()) resolve(here());
    open.clear();
  });

  const parse: Parse = (key, post, site, links) => {
    const here = async () => (await import('./parse-here.ts')).parseHere(key, post, site, links);
    if (isOver) return here();
    const question = { id: ++asked, key, body: post.body, links };
    return new Promise((resolve, reject) => {
      worker.ref();
      open.set(question.id, { here, resolve, reject });
      worker.postMessage(site === told ? question : { ...question, site });
      told = site;
    });
  };
  const close = () => {
    isOver = true;
    void worker.terminate();
  };
  return { parse, close };
}

function errorOf({ isInvalidPost, message, remedy, line }: Fault): Error {
  if (!isInvalidPost) return new Error(message);
  return new InvalidPost(message, remedy, line === undefined ? {} : { line });
}

/** The other thread's side: questions in, answers out, in turn. */
async function answerQuestions(): Promise<void> {
  const { parseHere } = await import('./parse-here.ts');
  let site: Site | undefined;
  parentPort!.on('message', async ({ id, key, body, links, ...told }: Question) => {
    site = told.site ?? site;
    const post = { body, etag: '', size: body.length, modified: 0 };
    try {
      parentPort!.postMessage({ id, parsed: await parseHere(key, post, site!, links) });
    } catch (error) {
      const { message, remedy = '', line } = error as InvalidPost;
      const fault = { isInvalidPost: error instanceof InvalidPost, message, remedy, line };
      parentPort!.postMessage({ id, fault });
    }
  });
}

if (!isMainThread && workerData?.parses) await answerQuestions();
