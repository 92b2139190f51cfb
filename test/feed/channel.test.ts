import { describe, expect, test } from 'vitest';
import { channelOf, labelOf } from '../../src/feed/channel.ts';
import { bareEntry, bareSite } from './fixtures.ts';

describe('channelOf', () => {
  test('gives the site its own name and the blog as its page', () => {
    expect(channelOf('site', undefined, bareSite)).toEqual({
      selection: 'site',
      title: 'The Blog',
      description: 'Notes on this and that',
      id: 'tag:blog.example.com,2000-01-01:/feed',
      self: {
        rss: 'https://feeds.example.com/feed.rss',
        atom: 'https://feeds.example.com/feed.atom',
        json: 'https://feeds.example.com/feed.json',
      },
      page: 'https://blog.example.com/',
      hubs: [],
    });
  });

  test('puts a term before the site, for lists of feeds are narrow', () => {
    const channel = channelOf('tags/фото', 'Фото', bareSite);
    expect(channel.title).toBe('Фото – The Blog');
    expect(channel.page).toBe('https://feeds.example.com/tags/%D1%84%D0%BE%D1%82%D0%BE/');
    expect(channel.id).toBe('tag:blog.example.com,2000-01-01:/tags/%D1%84%D0%BE%D1%82%D0%BE/feed');
  });

  test('calls a term that nobody uses any more by its slug', () => {
    expect(channelOf('tags/c-plus-plus', undefined, bareSite).title).toBe('c-plus-plus – The Blog');
  });

  test('keeps the id when the feeds move', () => {
    const moved = { ...bareSite, url: 'https://new.example', feeds: 'https://cdn.example/x' };
    expect(channelOf('site', undefined, moved).id).toBe(channelOf('site', undefined, bareSite).id);
  });

  test('describes itself even when the site does not', () => {
    const site = { ...bareSite, description: '' };
    expect(channelOf('site', undefined, site).description).toBe('The Blog');
  });
});

test.each(['constructor', 'tags'])(
  'a term of %s that no entry has is called by its slug',
  (taxonomy) => {
    expect(labelOf(`${taxonomy}/x`, [bareEntry])).toBe('x');
  },
);
