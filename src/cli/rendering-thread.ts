/** The second thread of a build: outlines come in, and go out as posts, with what feeds and pages have of them. */
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { type Preview, previewOf } from '../feed/page-posts.ts';
import { type Renderings, renderEntry } from '../feed/render.ts';
import { finishPost, type Outline } from '../post/parse.ts';
import type { Post } from '../post/post.ts';
import type { Site } from '../site.ts';

/** A post whose entry has its content in the renderings alone; or why there is none. */
export type Finished =
  | { post: Post; renderings: Renderings; preview: Preview }
  | { failure: string };

/**
 * Two threads keep both processors of a small machine busy, and V8's compilers want them too. The best
 * code takes so long to make, for each thread on its own, that 2,000 posts do not repay it, and 20,000
 * just do. This holds for both; said before this one runs, Node's own code would have to be compiled again.
 */
setFlagsFromString('--no-opt');
setFlagsFromString('--no-maglev-inlining');

const site = workerData as Site;

parentPort!.on('message', (outlines: Outline[]) => {
  const finished = outlines.map(finishedOrFailure);
  const memory = finished.flatMap((one) =>
    'failure' in one ? [] : Object.values(one.renderings).map(({ buffer }) => buffer),
  );
  parentPort!.postMessage(finished, memory);
});

function finishedOrFailure(outline: Outline): Finished {
  try {
    const post = finishPost(outline, site);
    const { entry } = post;
    const renderings = renderEntry(entry, site);
    return {
      post: { ...post, entry: { ...entry, content: '' } },
      renderings,
      preview: previewOf(entry),
    };
  } catch (error) {
    return { failure: String(error) };
  }
}
