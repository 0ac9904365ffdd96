import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model.ts';
import type { FakeObject } from '../fakes/bucket-operations.ts';
import { CONFIG, type Fleet, fine, fleet, publishedFleets, said, slipway } from './fleet.ts';
import type { StageOptions } from './stage.ts';

const fresh = (bucket: NonNullable<StageOptions['bucket']> = {}): Promise<Fleet> =>
  fleet(slipway, { stage: { fresh: true, bucket } });
const published = publishedFleets(() => slipway);

const object = (text: string): FakeObject => ({
  bytes: Buffer.from(text),
  etag: 'abc',
  metadata: {},
  contentType: 'text/plain',
  cacheControl: undefined,
  modified: 0,
});

interface Told {
  readonly code: number | null;
  readonly diagnosis: Diagnosis;
  /** Verdict of a store. */
  readonly verdict: string | undefined;
  /** `level check: text` of that store, what is well left out. */
  readonly lines: readonly string[];
}

async function doctor(by: Fleet, store: string, ...args: readonly string[]): Promise<Told> {
  const { code, stdout } = await by.run(['doctor', '--output', 'json', ...args]);
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  const found = diagnosis.stores.find(({ name }) => name === store);
  const lines = (found?.checks ?? []).filter(({ level }) => level !== 'ok');
  return {
    code,
    diagnosis,
    verdict: found?.verdict,
    lines: lines.map(({ check, level, text }) => `${level} ${check}: ${text}`),
  };
}

const keysOf = (by: Fleet): readonly string[] => [...by.stage.bucket.objects.keys()];
const markerIn = (by: Fleet): string | undefined =>
  by.stage.bucket.objects.get('gitops/slipway.json')?.bytes.toString();

const SERIALISER =
  'a publisher can overwrite what another one recorded, so CI must run one publisher at a time (a concurrency group)';
const IGNORED = `class "ignored": the store ignores the condition of create-only writes (If-None-Match) and overwrites: ${SERIALISER}`;

describe('stores that are well', () => {
  test('are told line by line; a new bucket is tried and marked, and nothing else is left behind', async () => {
    const by = await fresh();
    const { code, stdout, stderr } = await by.run(['doctor']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        `eu (${by.stage.env.EU}): usable`,
        '  ok       reach: reachable, and repository "fleet/releases" may be read',
        '  ok       rights: may push',
        '  ok       creates: registries have no create-only writes (lock: none): of publishers at once the last one is seen; another store orders releases',
        '  ok       referrers: no referrers API: proofs are found by their fallback tag',
        '',
        `us (${by.stage.env.US}): usable`,
        '  ok       reach: reachable, and may be listed',
        '  ok       bucket: versioning off, Object Lock off, default encryption none',
        "  ok       clock: this machine's clock agrees with the store's",
        '  ok       marker: nobody has published here yet',
        '  ok       rights: may read, write and delete',
        '  ok       creates: create-only writes are atomic: of publishers at once exactly one wins, and CI need not take turns',
        '  ok       matches: writes over a given ETag (If-Match) are atomic: names move by them',
        '  ok       etags: ETags are MD5 digests: what Flux will report is known before',
        '  ok       reads: reads show what was just written',
        '  ok       listing: listings show what was just written, in byte order',
        '  ok       sourceignore: no ".sourceignore" at the root hides what is published',
        '',
      ].join('\n'),
    );
    expect(keysOf(by)).toEqual(['gitops/slipway.json']);
    const { repositories } = by.stage.live;
    expect([...repositories].flatMap(([, { blobs, manifests, tags }]) => [...blobs, ...manifests, ...tags])).toEqual(
      [],
    );
    const ended = await by.publish();
    expect([ended.code, by.stage.bucket.requests.some(({ path }) => path.includes('/race-5'))]).toEqual([0, false]);
  });

  test('are only asked with --no-write, and are told what was found before', async () => {
    const by = await fresh();
    const { code, lines } = await doctor(by, 'us', '--no-write');
    expect([code, lines, by.stage.writes()]).toEqual([
      0,
      ['warning creates: nobody has tried yet what this bucket can do'],
      [],
    ]);
    const known = await published();
    const told = await doctor(known, 'us', '--no-write');
    expect([told.code, told.lines, known.stage.writes()]).toEqual([0, [], []]);
    const shown = told.diagnosis.stores.flatMap(({ checks }) => checks.filter(({ check }) => check === 'channel'));
    expect(shown.map(({ text }) => text)).toEqual(Array(2).fill('has generation 1 of "prod", the newest'));
  });

  test('may be folders', async () => {
    const by = await fleet(slipway);
    const stores = 'stores: { lab: "file:lab?layout=object", images: file:images }';
    await by.tree.commit({ 'slipway.yaml': CONFIG.replace(/stores: .*/, stores) });
    const { code, diagnosis } = await doctor(by, 'lab');
    expect([code, diagnosis.verdict]).toEqual([0, 'usable']);
    expect(diagnosis.stores.map(({ name, checks }) => [name, ...checks.map(({ check }) => check)])).toEqual([
      ['lab', 'reach', 'marker', 'rights', 'creates', 'sourceignore'],
      ['images', 'reach', 'rights', 'creates', 'referrers'],
    ]);
  });
});

describe('a bucket that is not atomic', () => {
  test('is unsafe, exit code 3, and stays without a marker', async () => {
    const by = await fresh({ conditions: 'ignored', etags: 'opaque' });
    const { code, verdict, lines, diagnosis } = await doctor(by, 'us');
    expect([code, verdict, diagnosis.verdict, keysOf(by)]).toEqual([3, 'unsafe', 'unsafe', []]);
    expect(lines).toEqual([
      `problem creates: ${IGNORED}`,
      'warning etags: ETags are no MD5 digests, as under SSE-KMS: what Flux reports is known only afterwards',
    ]);
  });

  test('is usable with accept-unsafe', async () => {
    const by = await fresh({ conditions: 'ignored' });
    await by.tree.commit({ 'slipway.yaml': CONFIG.replace('"env://US"', '{ url: "env://US", accept-unsafe: true }') });
    const { code, lines } = await doctor(by, 'us', '--store', 'us');
    expect([code, lines]).toEqual([0, [`warning creates: ${IGNORED}`]]);
    expect(markerIn(by)).toContain('"class":"ignored"');
  });

  test('is found out when it was atomic once: the marker says so from then on', async () => {
    const by = await fleet(slipway, { stage: { bucket: { conditions: 'ignored' } } });
    expect(markerIn(by)).toContain('"class":"atomic"');
    expect((await doctor(by, 'us')).code).toBe(3);
    expect(markerIn(by)).toContain('"class":"ignored"');
    const { code, stderr } = await by.run(['publish', '--quiet']);
    expect([code, stderr.split('\n')[0]]).toEqual([
      3,
      'error[REFUSED]: Store "us": Cannot publish to this store: create-only writes are "ignored"',
    ]);
  });
});

describe('a store that cannot be used', () => {
  test('is told with its reason, exit code 4, and hides no other', async () => {
    const by = await fleet(slipway, { stage: { fresh: true, registry: { onRequest: () => ({ status: 403 }) } } });
    const { code, verdict, lines, diagnosis } = await doctor(by, 'eu', '--no-write');
    expect([code, verdict, diagnosis.stores.map((store) => store.verdict)]).toEqual([
      4,
      'unusable',
      ['unusable', 'usable'],
    ]);
    expect(lines).toEqual([expect.stringMatching(/^problem reach: Cannot list the tags of "fleet\/releases": /)]);
  });

  test('may belong to somebody else, and then nothing is tried there', async () => {
    const by = await fresh();
    by.stage.bucket.objects.set('gitops/content/clip.mp4', object('x'));
    const { code, lines } = await doctor(by, 'us');
    expect([code, lines, keysOf(by)]).toEqual([
      4,
      [
        'problem marker: Cannot use this prefix: "gitops/content/clip.mp4" is not one of ours, and there is no "gitops/slipway.json"',
        'warning creates: nobody has tried yet what this bucket can do',
      ],
      ['gitops/content/clip.mp4'],
    ]);
  });

  test('may be for reading only, or hide from Flux what is published', async () => {
    const denied = { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' };
    const by = await fresh({ onRequest: ({ write }) => (write ? denied : 'serve') });
    by.stage.bucket.objects.set('.sourceignore', object('*.yaml\n'));
    const { code, lines } = await doctor(by, 'us', '--store', 'us');
    expect(code).toBe(4);
    expect(lines).toEqual([
      expect.stringMatching(/^problem rights: Cannot write "gitops\/probes\/[0-9a-f]+\/rights" to bucket "fleet": /),
      'warning creates: nobody has tried yet what this bucket can do',
      'problem sourceignore: "*.yaml", line 1 of ".sourceignore" at the root, may hide from Flux what is published',
    ]);
  });

  test('is looked at for the rules of ".sourceignore" that hide what lies there, and for no others', async () => {
    const by = await fleet(slipway);
    by.stage.bucket.objects.set('.sourceignore', object('/docs/\n/gitops/channels/old/\n'));
    const sourceignore = async (): Promise<readonly string[]> =>
      (await doctor(by, 'us', '--store', 'us', '--no-write')).lines.filter((line) => line.includes('sourceignore'));
    const rule = '"/gitops/channels/old/", line 2 of ".sourceignore" at the root';
    expect(await sourceignore()).toEqual([`problem sourceignore: ${rule}, may hide from Flux what is published`]);
    expect(said(await by.publish())).toEqual(fine('published', 1));
    expect(await sourceignore()).toEqual([]);
  });
});

describe('what a publish would refuse', () => {
  test('is an artifact that the store cannot show', async () => {
    const by = await fresh();
    await by.tree.commit({
      'slipway.yaml': CONFIG.replace('render: plain', 'render: source').replace(
        '"env://US"',
        '{ url: "env://US", layout: object }',
      ),
    });
    const [told, refused] = [await by.run(['doctor']), await by.publish()];
    expect([told.code, told.stdout, refused.code]).toEqual([2, '', 2]);
    expect(told.stderr).toMatch(
      /^error\[CONFIG\]: Cannot show artifact "\w+" in store "us": layout "object" needs one /,
    );
  });

  test('is a name that somebody else wrote, also before anything was published', async () => {
    const by = await fresh();
    by.stage.bucket.objects.set('gitops/channels/prod/north/manifests.yaml', object('kind: List\n'));
    const { code, lines } = await doctor(by, 'us', '--no-write');
    expect([code, lines]).toEqual([
      4,
      [
        'warning creates: nobody has tried yet what this bucket can do',
        expect.stringMatching(
          /^problem channel: "s3:.*north\/manifests\.yaml\?.*" holds "sha256:\w+", which no release record knows$/,
        ),
      ],
    ]);
  });

  test('is an object beside a name', async () => {
    const by = await published();
    by.stage.bucket.objects.set('gitops/channels/prod/north/old.yaml', object('kind: List\n'));
    const { code, lines } = await doctor(by, 'us', '--no-write');
    expect([code, lines]).toEqual([
      4,
      [
        'problem channel: "channels/prod/north/old.yaml" lies beside "channels/prod/north/manifests.yaml": clusters would apply both',
      ],
    ]);
  });
});

describe('what doctor writes', () => {
  test('goes also when it cannot be read back, and doctors beside each other write different keys', async () => {
    const denied = { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' };
    const by = await fresh({
      onRequest: ({ method, path }) => (method === 'GET' && path.includes('/rights') ? denied : 'serve'),
    });
    const { code, lines } = await doctor(by, 'us', '--store', 'us');
    expect([code, lines, keysOf(by)]).toEqual([
      4,
      [
        expect.stringMatching(/^problem rights: Cannot read "gitops\/probes\/[0-9a-f]{16}\/rights" /),
        'warning creates: nobody has tried yet what this bucket can do',
      ],
      [],
    ]);
  });

  test('in folders leaves nothing behind, however many doctors look at once', async () => {
    const by = await fleet(slipway);
    const stores = 'stores: { lab: "file:out/lab?layout=object", images: file:out/images }';
    await by.tree.commit({ 'slipway.yaml': CONFIG.replace(/stores: .*/, stores) });
    const all = await Promise.all(Array.from({ length: 8 }, () => doctor(by, 'lab')));
    expect(all.map(({ code, lines }) => [code, lines])).toEqual(Array(8).fill([0, []]));
    expect(await readdir(by.tree.dir)).not.toContain('out');
  });
});

describe('a bucket that is a registry', () => {
  test('is judged by the keys of its repositories, and not by what only a Flux Bucket reads', async () => {
    const by = await fresh();
    await by.tree.commit({ 'slipway.yaml': CONFIG.replace('"env://US"', '{ url: "env://US", layout: registry }') });
    by.stage.bucket.objects.set('.sourceignore', object('*\n'));
    by.stage.bucket.objects.set('v2/gitops/web/index.html', object('x'));
    const { code, lines } = await doctor(by, 'us', '--store', 'us');
    expect([code, lines]).toEqual([
      4,
      [
        'problem marker: Cannot use this prefix: "v2/gitops/web/index.html" is not one of ours, and there is no "gitops/slipway.json"',
        'warning creates: nobody has tried yet what this bucket can do',
      ],
    ]);
    by.stage.bucket.objects.delete('v2/gitops/web/index.html');
    expect((await doctor(by, 'us', '--store', 'us', '--no-write')).code).toBe(0);
  });
});

test('a bucket where nothing may be deleted can be published to, and not be pruned', async () => {
  const denied = { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' };
  const by = await fresh({
    conditions: 'ignored',
    onRequest: ({ method }) => (method === 'DELETE' ? denied : 'serve'),
  });
  await by.tree.commit({ 'slipway.yaml': CONFIG.replace('"env://US"', '{ url: "env://US", accept-unsafe: true }') });
  const { code, lines } = await doctor(by, 'us', '--store', 'us');
  expect([code, lines]).toEqual([
    0,
    [expect.stringMatching(/^warning rights: may read and write, and not delete: /), `warning creates: ${IGNORED}`],
  ]);
});

describe('records', () => {
  test('tell which store lags', async () => {
    const by = await published();
    for (const key of keysOf(by)) if (key.includes('/releases/')) by.stage.bucket.objects.delete(key);
    const { code, lines } = await doctor(by, 'us', '--no-write');
    expect([code, lines]).toEqual([0, ['warning channel: has generation 0 of "prod", and another store 1: lagging']]);
  });

  test('tell a prune that is under way', async () => {
    const by = await published();
    by.stage.bucket.objects.set('gitops/prune/000000001.json', object('{}'));
    expect((await doctor(by, 'us', '--store', 'us', '--no-write')).lines).toEqual([
      'warning prune: a slipway prune is at work, or has died',
    ]);
    by.stage.bucket.objects.set('gitops/prune/000000001.closed', object(''));
    expect((await doctor(by, 'us', '--store', 'us', '--no-write')).lines).toEqual([]);
  });
});
