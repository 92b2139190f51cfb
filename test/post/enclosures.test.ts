import { describe, expect, test } from 'vitest';
import {
  enclosuresOf,
  episodeOf,
  imageOf,
  measuresOf,
  secondsOf,
  withMeasures,
} from '../../src/post/enclosures.ts';
import { reading } from './reading.ts';

const link = 'https://x.org/a/';
const mp3 = { url: 'https://x.org/b.mp3', type: 'audio/mpeg' };

describe('enclosures', () => {
  test.each([
    ['audio: /b.mp3', [mp3]],
    ['audio: b.mp3', [{ ...mp3, url: 'https://x.org/a/b.mp3' }]],
    ['audio: [/b.mp3, /b.mp3, /c.ogg]', [mp3, { url: 'https://x.org/c.ogg', type: 'audio/ogg' }]],
    [
      'enclosure: {url: /b.mp3, length: 9, type: audio/x-mp3}',
      [{ ...mp3, type: 'audio/x-mp3', length: 9 }],
    ],
    ['enclosure: "https://x.org/b.mp3\\n12345\\naudio/mpeg\\n"', [{ ...mp3, length: 12345 }]],
    [
      'podcast: {mp3: /b.mp3, duration: "1:02:03", title: T}',
      [{ ...mp3, duration: 3723, title: 'T' }],
    ],
    ['file: /b.pdf', [{ url: 'https://x.org/b.pdf', type: 'application/pdf' }]],
    [
      'audio: https://x.org/stream',
      [{ url: 'https://x.org/stream', type: 'application/octet-stream' }],
    ],
    ['Enclosure: /b.mp3\naudio: /b.mp3', [mp3]],
    ['podcast: true', []],
    ['enclosure: {url: /b.mp3, length: 0, type: nonsense}', [mp3]],
  ])('%s', (matter, expected) => {
    const of = reading(matter);
    expect(enclosuresOf(of, link)).toEqual(expected);
    expect(of.problems).toEqual([]);
  });

  test.each(['podcast: My Show', 'audio: "javascript:x.mp3"', 'enclosure: {length: 9}'])(
    '%s is reported',
    (matter) => {
      const of = reading(matter);
      expect(enclosuresOf(of, link)).toEqual([]);
      expect(of.problems).toMatchObject([
        { line: 2, cause: expect.stringMatching(/is no media file/) },
      ]);
    },
  );

  test('length and duration may stand beside the file', () => {
    const of = measuresOf(reading('length: 99\nduration: 62:03'));
    expect(withMeasures(of, [mp3, mp3])).toEqual([{ ...mp3, length: 99, duration: 3723 }, mp3]);
    expect(withMeasures(of, [{ ...mp3, length: 5 }])).toEqual([
      { ...mp3, length: 5, duration: 3723 },
    ]);
    expect(withMeasures(of, [])).toEqual([]);
  });

  test.each([
    ['1:02:03', 3723],
    ['62:03', 3723],
    ['3723', 3723],
    [90.5, 90],
    ['an hour', undefined],
    ['1:2:3:4', undefined],
    [undefined, undefined],
  ])('%j is %j seconds', (written, seconds) => {
    expect(secondsOf(written)).toBe(seconds);
  });
});

test.each([
  ['episode: 12\nseason: 2\nepisode_type: Bonus', { number: 12, season: 2, type: 'bonus' }],
  ['podcast: {file: a.mp3, episode: 12}', { number: 12 }],
  ['explicit: clean', { explicit: false }],
  ['explicit: yes', { explicit: true }],
  [
    'transcript: t.vtt\nchapters: {url: /c.json}',
    { transcript: `${link}t.vtt`, chapters: 'https://x.org/c.json' },
  ],
  ['transcript: |\n  Hello there', undefined],
  ['episode: Pilot', undefined],
  ['title: A', undefined],
])('episode: %j', (matter, expected) => {
  expect(episodeOf(reading(matter), link)).toEqual(expected);
});

describe('the lead image', () => {
  test.each([
    ['image: /b.png', 'https://x.org/b.png'],
    ['image: b.png', 'https://x.org/a/b.png'],
    ['image: {path: /b.png, alt: x}', 'https://x.org/b.png'],
    ['image: {feature: /b.png}', 'https://x.org/b.png'],
    ['cover: {image: https://y.org/b.png}', 'https://y.org/b.png'],
    ['coverImage: [/b.png, /c.png]', 'https://x.org/b.png'],
    ['image: false\nheroImage: ../b.png', 'https://x.org/b.png'],
    ['image: "{{ site.logo }}"\nthumbnail: /b.png', 'https://x.org/b.png'],
    ['title: A', undefined],
  ])('%s', (matter, url) => {
    expect(imageOf(reading(matter), link)).toBe(url);
  });
});
