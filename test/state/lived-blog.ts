import { listAll, type Store } from '../../src/store/store.ts';
import { post, type TestBlog, testBlog } from '../blog.ts';

/** A blog with a past, so that its state holds one of everything that a state can hold. */
export async function livedBlog(): Promise<TestBlog> {
  const blog = testBlog('url: https://blog.example\nentries: 5\n');
  for (let at = 1; at <= 20; at++)
    await blog.write(
      `_posts/2024-03-0${1 + (at % 9)}-p${at}.md`,
      post({ title: `P${at}`, tags: [`t${at % 4}`, 'all'] }, `Text ${at}.`),
    );
  await blog.write('retired.md', post({ title: 'R', date: '2024-03-02', tags: ['retired'] }));
  await blog.write('broken.md', post({ title: 'Was well', date: '2024-03-02', tags: ['kept'] }));
  await blog.write('draft.md', post({ title: 'D', date: '2024-03-02', draft: true }));
  await blog.write('later.md', post({ title: 'L', date: '2027-01-01' }));
  await blog.write('over.md', post({ title: 'O', date: '2024-01-01', expiryDate: '2024-02-01' }));
  await blog.write('page.md', post({ title: 'No date' }));
  await blog.run();
  await blog.remove('retired.md');
  await blog.remove('_posts/2024-03-03-p2.md');
  await blog.write('broken.md', '---\ntitle: [\n---\n');
  const links = '[x]({% post_url 2024-03-04-p3 %}) [y]({% post_url 2020-01-01-none %})';
  await blog.write(
    'link.md',
    post({ layout: 'post', title: 'Link', date: '2024-03-20', guid: 'urn:x:1', lang: '?' }, links),
  );
  await blog.run();
  return blog;
}

/** Every object of a store as text. */
export async function contentsOf(store: Store): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of listAll(store, ''))
    found[key] = new TextDecoder().decode((await store.get(key)).body);
  return found;
}
