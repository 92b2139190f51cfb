import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPost } from '../../src/keys.ts';
import { messageOf, workIn } from '../../src/publish/messages.ts';

/** A record as S3 sends it; the version of the event is of no account. */
const record = (eventName: string, key: string, eventVersion = '2.1') => ({
  eventVersion,
  eventSource: 'aws:s3',
  awsRegion: 'eu-west-1',
  eventTime: '2026-11-22T10:00:00.000Z',
  eventName,
  userIdentity: { principalId: 'AWS:AIDAEXAMPLE' },
  requestParameters: { sourceIPAddress: '192.0.2.1' },
  responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8' },
  s3: {
    s3SchemaVersion: '1.0',
    configurationId: 'posts',
    bucket: { name: 'posts', ownerIdentity: { principalId: 'A3' }, arn: 'arn:aws:s3:::posts' },
    object: { key, size: 1024, eTag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '0055AED6DC' },
  },
});

const event = (detailType: string, key: string) => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': detailType,
  source: 'aws.s3',
  account: '111122223333',
  time: '2026-11-22T10:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:s3:::posts'],
  detail: {
    version: '0',
    bucket: { name: 'posts' },
    object: {
      key,
      size: 5,
      etag: 'b1946ac92492d2347c6235b4d2611184',
      sequencer: '00617F08299329D189',
    },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: '123456789012',
    reason: 'PutObject',
  },
});

const keys = (message: unknown) => workIn(JSON.stringify(message)).posts;

describe('a message of S3', () => {
  test.each([
    ['a space as a plus sign', '2024/hello+world.md', '2024/hello world.md'],
    ['a plus sign', 'c%2B%2B.md', 'c++.md'],
    ['a percent sign', '100%25.md', '100%.md'],
    ['Unicode', '%D0%BF%D0%BE%D1%81%D1%82/%F0%9F%8E%89.md', 'пост/🎉.md'],
    ['1,024 bytes', `${'a'.repeat(1021)}.md`, `${'a'.repeat(1021)}.md`],
    ['an encoding that is none, as it is', '100%.md', '100%.md'],
  ])('names a key with %s', (_what, encoded, key) => {
    expect(keys({ Records: [record('ObjectCreated:Put', encoded)] })).toEqual([key]);
  });

  test.each(['2.0', '2.1', '2.2', '2.3', '2.5', '2.6', '3.0'])(
    'may be of version %s',
    (version) => {
      const message = { Records: [record('ObjectCreated:Copy', 'a.md', version)] };
      expect(keys(message)).toEqual(['a.md']);
    },
  );

  test.each([
    'ObjectCreated:CompleteMultipartUpload',
    'ObjectRemoved:Delete',
    'ObjectRemoved:DeleteMarkerCreated',
    'LifecycleExpiration:Delete',
  ])('tells of %s', (name) => {
    expect(keys({ Records: [record(name, 'a.md')] })).toEqual(['a.md']);
  });

  test('may have several records, of one key each once', () => {
    const Records = ['a.md', 'b.md', 'a.md'].map((key) => record('ObjectCreated:Put', key));
    expect(keys({ Records })).toEqual(['a.md', 'b.md']);
  });

  test('that only tests the connection asks for nothing', () => {
    const message = {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-11-22T10:00:00.000Z',
      Bucket: 'posts',
      RequestId: '5582815E1AEA5ADF',
      HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
    };
    expect(workIn(JSON.stringify(message))).toEqual({ posts: [] });
  });

  test.each(['images/a.png', '.git/a.md', 'node_modules/x/README.md', 'a/../b.md', 'folder/'])(
    'about %s, which is no post, asks for nothing',
    (key) => {
      expect(keys({ Records: [record('ObjectCreated:Put', key)] })).toEqual([]);
    },
  );

  test('about the site file asks for a rebuild, beside the posts', () => {
    const Records = ['tidings.yml', 'a.md'].map((key) => record('ObjectCreated:Put', key));
    expect(workIn(JSON.stringify({ Records }))).toEqual({ posts: ['a.md'], rebuild: {} });
  });
});

describe('a message of EventBridge', () => {
  test.each(['Object Created', 'Object Deleted'])('%s names the key as it is', (type) => {
    expect(keys(event(type, 'c++ 100%.md'))).toEqual(['c++ 100%.md']);
  });

  test('about the site file asks for a rebuild', () => {
    const message = JSON.stringify(event('Object Created', 'tidings.yml'));
    expect(workIn(message)).toEqual({ posts: [], rebuild: {} });
  });
});

describe('a message of ours', () => {
  test('comes back as it was sent, in ASCII', () => {
    const part = fc.string({ unit: 'grapheme', minLength: 1 });
    const key = fc
      .oneof(
        part,
        part.map((one) => `${one}\ufffe\uffff`),
      )
      .map((one) => `${one}.md`);
    fc.assert(
      fc.property(fc.array(key.filter(isPost)), (posts) => {
        const text = messageOf({ posts });
        expect(text).toMatch(/^[ -~]*$/);
        expect(workIn(text)).toEqual({ posts });
      }),
    );
  });

  test.each([{}, { after: 'a.md' }, { bucket: 'feeds' as const, after: 'tags/x' }])(
    'asks for a rebuild from %j',
    (rebuild) => {
      expect(workIn(messageOf({ rebuild }))).toEqual({ posts: [], rebuild });
    },
  );
});

test.each(['hello', '[]', '{}', 'null', '{"posts":"a.md"}', '{"detail":{}}'])(
  '%j is refused, and quoted',
  (text) => {
    expect(() => workIn(text)).toThrow(text.slice(0, 20));
  },
);
