import { describe, expect, test } from 'vitest';
import { type BucketCapability, bucketCapability } from '../../../src/ship/bucket/capability.ts';
import type { CreateClass } from '../../../src/ship/bucket/probe.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import * as stores from './probe-stores.ts';

const AT = '2026-01-02T03:04:05Z';
const ATOMIC = { at: AT, class: 'atomic', etag: 'md5', listing: 'ordered', match: 'atomic', reads: 'fresh' };

interface Opened {
  readonly capability: BucketCapability;
  readonly objects: Objects;
  readonly probes: () => number;
}

function open(objects: Objects, { acceptUnsafe = false }: { readonly acceptUnsafe?: boolean } = {}): Opened {
  let probes = 0;
  const probe = () => {
    probes += 1;
    return { run: `ab${probes}`, at: AT };
  };
  const capability = bucketCapability({ objects, keyPrefix: 'gitops/', probe, acceptUnsafe });
  return { capability, objects, probes: () => probes };
}

const markerOf = async (objects: Objects): Promise<unknown> =>
  JSON.parse(Buffer.from((await objects.get('slipway.json'))?.bytes ?? Buffer.from('null')).toString());

const put = (objects: Objects, key: string, text: string) =>
  objects.put(key, Buffer.from(text), { contentType: 'application/json' });

async function begun(opened: Opened): Promise<Opened> {
  await opened.capability.open();
  await opened.capability.begin();
  return opened;
}

describe('the first use of a bucket', () => {
  test('tries it and marks it with what was found, and the next run tries nothing', async () => {
    const { objects, capability, probes } = await begun(open(memoryObjects()));
    expect(await markerOf(objects)).toEqual({ format: 1, owner: 'slipway', probe: ATOMIC });
    expect((await objects.list('')).objects.map(({ key }) => key)).toEqual(['slipway.json']);
    expect([capability.lock(), capability.matches(), capability.etags(), capability.cautions(), probes()]).toEqual([
      'cas',
      true,
      'md5',
      [],
      1,
    ]);
    const next = open(objects);
    await next.capability.open();
    expect([next.capability.lock(), next.capability.matches()]).toEqual(['cas', true]);
    await next.capability.begin();
    expect(next.probes()).toBe(0);
  });

  test('is one for everybody who begins in the same run', async () => {
    const opened = open(memoryObjects());
    await Promise.all([opened.capability.begin(), opened.capability.begin()]);
    await opened.capability.begin();
    expect(opened.probes()).toBe(1);
  });

  test.each(['{"format":1}', '{"format":1,"probe":{"class":"atomic"}}'])(
    'is also that of a bucket whose marker %s does not tell everything',
    async (marker) => {
      const objects = memoryObjects();
      await put(objects, 'slipway.json', marker);
      await put(objects, 'content/of somebody else', 'x');
      const { probes } = await begun(open(objects));
      expect([probes(), await markerOf(objects)]).toEqual([1, { format: 1, owner: 'slipway', probe: ATOMIC }]);
    },
  );

  test('is tried again by the next run where it failed, and leaves no marker', async () => {
    const objects = memoryObjects();
    let fails = true;
    const weak: Objects = {
      ...objects,
      put: (...args) => (fails ? Promise.reject(stores.failure('DENIED')) : objects.put(...args)),
    };
    const { capability } = open(weak);
    await expect(capability.begin()).rejects.toMatchObject({ code: 'DENIED' });
    fails = false;
    expect(await markerOf(objects)).toBeNull();
    await capability.begin();
    expect(await markerOf(objects)).toMatchObject({ probe: ATOMIC });
  });
});

const UNSAFE: readonly [Exclude<CreateClass, 'atomic'>, () => Objects][] = [
  ['unsupported', () => stores.refusing()],
  ['ignored', () => stores.ignoring()],
  ['racy', () => stores.checkThenAct(memoryObjects())],
];

describe.each(UNSAFE)('a bucket of class "%s"', (found, openObjects) => {
  test('is refused, and stays without a marker', async () => {
    const { capability, objects } = open(openObjects());
    await expect(capability.begin()).rejects.toMatchObject({
      code: 'REFUSED',
      message: `Cannot publish to this store: create-only writes are "${found}"`,
    });
    expect(await markerOf(objects)).toBeNull();
  });

  test('is used where that is accepted: without a lock, with a caution, and by every run after', async () => {
    const objects = openObjects();
    for (const capability of [open(objects, { acceptUnsafe: true }), open(objects, { acceptUnsafe: true })]) {
      const { capability: one } = await begun(capability);
      expect([one.lock(), one.matches(), one.etags()]).toEqual(['none', false, 'md5']);
      expect(one.cautions()).toEqual([
        expect.stringMatching(
          /: a publisher can overwrite .* CI must run one publisher at a time \(a concurrency group\)$/,
        ),
      ]);
    }
    await expect(begun(open(objects))).rejects.toMatchObject({ code: 'REFUSED' });
  });

  test('creates once all the same, when one comes after the other', async () => {
    const { capability, objects } = await begun(open(openObjects(), { acceptUnsafe: true }));
    const guarded = capability.guarded(objects);
    const create = (text: string) =>
      guarded.put('a', Buffer.from(text), { contentType: 'text/plain', create: true }).then(({ outcome }) => outcome);
    expect([await create('one'), await create('two')]).toEqual(['created', 'exists']);
    expect(Buffer.from((await objects.get('a'))?.bytes ?? []).toString()).toBe('one');
  });

  test('tells who is overwritten in between, and what is gone', async () => {
    const inner = openObjects();
    const { capability } = await begun(open(inner, { acceptUnsafe: true }));
    const create = { contentType: 'text/plain', create: true };
    const rival: Objects = {
      ...inner,
      async put(key, bytes, options) {
        const written = await inner.put(key, bytes, options);
        await put(inner, key, 'the rival');
        return written;
      },
    };
    expect(await capability.guarded(rival).put('a', Buffer.from('ours'), create)).toEqual({ outcome: 'exists' });
    const gone: Objects = { ...inner, get: async () => undefined };
    await expect(capability.guarded(gone).put('b', Buffer.from('ours'), create)).rejects.toMatchObject({
      code: 'STORE',
      message: 'Cannot write "b": it is gone after it was written',
    });
  });
});

test('ETags that are no MD5 are a caution, and known from the marker on', async () => {
  const { capability } = await begun(open(stores.encrypted()));
  expect([capability.lock(), capability.etags(), capability.cautions()]).toEqual([
    'cas',
    'other',
    ['ETags are no MD5 digests here, as under SSE-KMS: what Flux will report is known only after it is published'],
  ]);
});

test('a bucket whose reads are stale is refused even where everything is accepted', async () => {
  await expect(open(stores.staleReads(), { acceptUnsafe: true }).capability.begin()).rejects.toMatchObject({
    code: 'STORE',
    message: 'Cannot publish to this store: its reads do not show what was just written',
  });
});

describe('a folder', () => {
  test('is atomic by construction: nothing is tried, and names move by plain writes', async () => {
    const objects = memoryObjects();
    const capability = bucketCapability({ objects, keyPrefix: '' });
    await capability.begin();
    expect(await markerOf(objects)).toEqual({ format: 1, owner: 'slipway' });
    expect([capability.lock(), capability.matches(), capability.cautions()]).toEqual(['cas', false, []]);
  });
});

describe('a dry run', () => {
  const dry = (objects: Objects): BucketCapability =>
    bucketCapability({ objects, keyPrefix: '', probe: 'withheld', acceptUnsafe: false });

  test('tries nothing, and says that it does not know', async () => {
    const capability = dry(memoryObjects());
    await capability.begin();
    expect(capability.cautions()).toEqual([
      'what this bucket can do is not known yet: the first publish finds out, or slipway doctor',
    ]);
  });

  test('refuses what the publish would refuse', async () => {
    const objects = memoryObjects();
    await put(
      objects,
      'slipway.json',
      JSON.stringify({ format: 1, owner: 'slipway', probe: { ...ATOMIC, class: 'racy' } }),
    );
    await expect(dry(objects).begin()).rejects.toMatchObject({ code: 'REFUSED' });
  });
});

describe('a ".sourceignore" at the root of the bucket', () => {
  const WEB = { keys: ['gitops/channels/prod/web/manifests.yaml'], folders: [] };
  const denied = (root: Objects, method: 'get' | 'list'): Objects => ({
    ...root,
    [method]: () => Promise.reject(stores.failure('DENIED')),
  });
  const beside = async (text: string, root: (objects: Objects) => Objects = (objects) => objects) => {
    const objects = memoryObjects();
    await put(objects, '.sourceignore', text);
    return bucketCapability({ objects: memoryObjects(), keyPrefix: 'gitops/', root: root(objects) });
  };

  test('is refused where it hides what is shown, and where it may hide what nobody has named', async () => {
    const capability = await beside('/gitops/channels/old/**\n');
    await capability.begin(WEB);
    expect(capability.cautions()).toEqual([]);
    await expect(capability.begin()).rejects.toMatchObject({ code: 'REFUSED' });
  });

  test('that may not be read is a caution, and one that is empty is none', async () => {
    const capability = await beside('/*\n', (root) => denied(root, 'get'));
    await capability.begin(WEB);
    await capability.begin(WEB);
    expect(capability.cautions()).toEqual([
      'Flux obeys ".sourceignore" at the root of this bucket, which these credentials may not read (s3:GetObject): it may hide what is published',
    ]);
    const empty = await beside('', (root) => denied(root, 'get'));
    await empty.begin(WEB);
    expect(empty.cautions()).toEqual([]);
  });

  test('is nothing to who may not list there, and any other failure ends the look', async () => {
    const capability = await beside('/*\n', (root) => denied(root, 'list'));
    await capability.begin(WEB);
    expect(capability.cautions()).toEqual([]);
    const failing = await beside('', (root) => ({ ...root, list: () => Promise.reject(stores.failure('NETWORK')) }));
    await expect(failing.begin(WEB)).rejects.toMatchObject({ code: 'NETWORK' });
  });
});

describe('a marker', () => {
  test.each([
    ['{"format":2}', 'STORE', 'Cannot use this store: its format is "2", newer than "1"'],
    ['{"format":"2","owner":"slipway"}', 'STORE', 'Cannot use this store: its format is "2", newer than "1"'],
    ['{}', 'FOREIGN', 'Cannot use this prefix: its "slipway.json" is not one of ours'],
    ['[]', 'FOREIGN', 'Cannot use this prefix: its "slipway.json" is not one of ours'],
    ['{"format":"1","name":"web"}', 'FOREIGN', 'Cannot use this prefix: its "slipway.json" is not one of ours'],
    ['1', 'CORRUPT', 'Cannot read "slipway.json": it is no object'],
    ['hello', 'CORRUPT', 'Cannot read "slipway.json": it is not JSON'],
    ['{"format":1,"owner":"acme"}', 'FOREIGN', 'Cannot use this prefix: "slipway.json" says that "acme" owns it'],
  ])('%s is refused', async (text, code, message) => {
    const objects = memoryObjects();
    await put(objects, 'slipway.json', text);
    await expect(open(objects).capability.open()).rejects.toMatchObject({ code, message });
  });
});
