/** A bucket that is a registry, as a store: publishes through the whole protocol, and the requests that they take. */
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { forms } from '../../../src/seal/forms.ts';
import { registryBucketStore } from '../../../src/ship/bucket/static-registry/store.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import type { Decided } from '../../../src/ship/release.ts';
import type { Store } from '../../../src/ship/store.ts';
import { randomOf, scheduler } from '../../flow/scheduler.ts';
import { type Publisher, packed, planOf, publishOnce } from '../../flow/world.ts';
import { listTags, pull } from './static-registry-client.ts';

const PREFIX = 'gitops/';

/** The objects below a prefix. */
function below(objects: Objects, prefix: string): Objects {
  return {
    get: (key) => objects.get(prefix + key),
    put: (key, ...rest) => objects.put(prefix + key, ...rest),
    replace: (key, ...rest) => objects.replace(prefix + key, ...rest),
    delete: (key) => objects.delete(prefix + key),
    async list(start, options = {}) {
      const { startAfter } = options;
      const moved = { ...options, ...(startAfter !== undefined && { startAfter: prefix + startAfter }) };
      const { objects: found, prefixes } = await objects.list(prefix + start, moved);
      const cut = (key: string): string => key.slice(prefix.length);
      return { objects: found.map((object) => ({ ...object, key: cut(object.key) })), prefixes: prefixes.map(cut) };
    },
  };
}

function openStore(root: Objects, options: Partial<Parameters<typeof registryBucketStore>[0]> = {}): Store {
  return registryBucketStore({
    name: 's3',
    url: 's3://fleet/gitops?layout=registry',
    project: 'default',
    root,
    objects: below(root, PREFIX),
    keyPrefix: PREFIX,
    referencePrefix: 's3://fleet/',
    referenceQuery: '?layout=registry&region=eu-central-1',
    forms,
    ...options,
  });
}

/** The objects, with every request as `method key`. */
function logged(objects: Objects): Objects & { readonly requests: string[] } {
  const requests: string[] = [];
  const log =
    <A extends readonly [string, ...unknown[]], R>(name: string, method: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      requests.push(`${name} ${args[0]}`);
      return method(...args);
    };
  return {
    get: log('get', objects.get),
    put: log('put', objects.put),
    replace: log('replace', objects.replace),
    delete: log('delete', objects.delete),
    list: log('list', objects.list),
    requests,
  };
}

type Letters = Readonly<Record<string, string>>;

/** One run of commit `commit`, by a publisher of its own. */
async function publish(
  root: Objects,
  commit: number,
  letters: Letters,
  more: Partial<Publisher> = {},
): Promise<Decided> {
  const publisher: Publisher = {
    run: commit,
    commit,
    letters,
    stores: [openStore(root)],
    primary: 's3',
    quorum: 1,
    ...more,
  };
  return publishOnce(publisher);
}

/** A run of a version alone. */
async function publishVersion(root: Objects, run: number): Promise<Decided> {
  const letters = { web: 'a' };
  const publisher = { run, commit: 1, letters, stores: [openStore(root)], primary: 's3', quorum: 1, version: '1.4.0' };
  const { channel: _, ...plan } = planOf(publisher);
  return publishOnce(publisher, plan);
}

const many = (letter: string): Letters =>
  Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`app-${String(n).padStart(2, '0')}`, letter]));
const outcomeOf = ({ outcome, end, sites }: Decided): unknown => ({
  outcome: end?.outcome ?? outcome,
  states: sites.map(({ state }) => state),
});
const contentOf = (artifact: string, letter: string) => packed(artifact, letter).content.digest;

/** What a client gets by a tag: the digest of the content. */
async function shown(root: Objects, artifact: string, tag = 'prod'): Promise<string | undefined> {
  if ((await pull(root, `gitops/${artifact}`, tag)) === undefined) return undefined;
  const { bytes = Buffer.of() } = (await root.get(`v2/gitops/${artifact}/manifests/${tag}`)) ?? {};
  const { layers } = JSON.parse(Buffer.from(bytes).toString()) as { layers: readonly [{ readonly digest: string }] };
  return layers[0].digest;
}

describe('a bucket that is a registry', () => {
  test('finds by one LIST that every name is right, and writes nothing', async () => {
    const objects = memoryObjects();
    await publish(objects, 1, many('a'));
    const root = logged(objects);
    expect(outcomeOf(await publish(root, 1, many('a')))).toEqual({ outcome: 'unchanged', states: ['current'] });
    const { objects: tags } = await objects.list('v2/gitops/releases/manifests/slipway.');
    const [record] = tags.map(({ key }) => key);
    const releases = 'v2/gitops/releases/';
    expect(root.requests.map((one) => one.replace(/sha256:.*/, 'DIGEST'))).toEqual([
      'get gitops/slipway.json',
      `list ${releases}manifests/`,
      `get ${record}`,
      `get ${releases}blobs/DIGEST`,
      'list v2/gitops/',
    ]);
  });

  test('reads one name where one artifact changed, and goes back to older content', async () => {
    const root = logged(memoryObjects());
    await publish(root, 1, many('a'));
    for (const [commit, letter] of [
      [2, 'b'],
      [3, 'a'],
    ] as const) {
      const from = root.requests.length;
      const release = { ...many('a'), 'app-03': letter };
      expect(outcomeOf(await publish(root, commit, release))).toEqual({ outcome: 'published', states: ['current'] });
      const names = root.requests.slice(from).filter((one) => one.endsWith('/manifests/prod'));
      expect(names).toEqual(['get v2/gitops/app-03/manifests/prod', 'put v2/gitops/app-03/manifests/prod']);
      expect(await shown(root, 'app-03')).toBe(contentOf('app-03', letter));
      expect(await shown(root, 'app-04')).toBe(contentOf('app-04', 'a'));
    }
  });

  test('says what slipway and clients use', async () => {
    const objects = memoryObjects();
    const { sites, target } = await publish(objects, 1, { web: 'a' });
    const [entry] = target?.artifacts ?? [];
    const { names } = sites[0]?.store ?? openStore(objects);
    if (entry === undefined) throw new Error('nothing was published');
    const space = { kind: 'channel', channel: 'prod' } as const;
    expect(names.reference(space, entry)).toBe(
      `s3://fleet/gitops/web:prod@${entry.manifest}?layout=registry&region=eu-central-1`,
    );
    expect(names.fluxRevision(space, entry)).toBe(`prod@${entry.manifest}`);
    expect(JSON.parse(Buffer.from((await objects.get('gitops/slipway.json'))?.bytes ?? []).toString())).toMatchObject({
      format: 1,
    });
  });

  test.each([
    ['MD5', (etag: string) => etag],
    ['no MD5, as under SSE-KMS', (_: string, key: string) => digestOf(Buffer.from(key)).slice(7, 39)],
    ['no hash at all', (_: string, key: string) => `${key.length}-opaque`],
  ])('finds a name that nobody knows where ETags are %s', async (_, etagOf) => {
    const objects = memoryObjects();
    const root: Objects = {
      ...objects,
      async list(...args) {
        const { objects: found, prefixes } = await objects.list(...args);
        return { objects: found.map((object) => ({ ...object, etag: etagOf(object.etag, object.key) })), prefixes };
      },
    };
    await publish(root, 1, many('a'));
    expect(outcomeOf(await publish(root, 1, many('a')))).toMatchObject({ outcome: 'unchanged' });
    const foreign = Buffer.from('{"schemaVersion":2,"layers":[]}');
    await objects.put('v2/gitops/app-07/manifests/prod', foreign, { contentType: 'application/json' });
    const { end } = await publish(root, 2, many('b'));
    expect(end?.outcome).toBe('refused');
    expect(end?.error?.message).toBe(
      `"s3://fleet/gitops/app-07:prod?layout=registry&region=eu-central-1" holds "${digestOf(foreign)}", which no release record knows`,
    );
    expect(await shown(root, 'app-06')).toBe(contentOf('app-06', 'a'));
  });

  test('cannot be used where creates are ignored, unless that is accepted: then nothing is locked', async () => {
    const objects = memoryObjects();
    const root: Objects = { ...objects, put: (key, bytes, { create: _, ...put }) => objects.put(key, bytes, put) };
    const probe = () => ({ run: 'ab'.repeat(8), at: '2026-11-20T00:00:00Z' });
    const refused = await publish(root, 1, { web: 'a' }, { stores: [openStore(root, { probe })] });
    expect(refused.end).toMatchObject({ outcome: 'refused', error: { code: 'REFUSED' } });
    expect((await objects.list('v2/')).objects).toEqual([]);
    const store = openStore(root, { probe, acceptUnsafe: true });
    expect(outcomeOf(await publish(root, 1, { web: 'a' }, { stores: [store] }))).toMatchObject({
      outcome: 'published',
    });
    expect([store.lock, store.cautions().length]).toEqual(['none', 1]);
    expect(await shown(root, 'web')).toBe(contentOf('web', 'a'));
  });
});

describe('what a publisher left behind', () => {
  const version = { version: '1.4.0' };

  test('is completed by the next run, whatever the request was after which it died', async () => {
    const letters = { web: 'b' };
    for (let afterRequests = 0; afterRequests <= 60; afterRequests++) {
      const root = memoryObjects();
      await publish(root, 1, { web: 'a' });
      const schedule = scheduler(randomOf(afterRequests));
      schedule.crash('dead', { afterRequests, when: afterRequests % 2 === 0 ? 'before' : 'after' });
      void publish(
        schedule.gate('dead', root, () => false),
        2,
        letters,
        version,
      );
      await schedule.run();
      const before = await shown(root, 'web');
      expect([contentOf('web', 'a'), contentOf('web', 'b')]).toContain(before);
      await listTags(root, 'gitops/web');
      expect([afterRequests, (await publish(root, 2, letters, { ...version, run: 3 })).end]).toEqual([
        afterRequests,
        undefined,
      ]);
      const after = [await shown(root, 'web'), await shown(root, 'web', '1.4.0'), await listTags(root, 'gitops/web')];
      expect([afterRequests, after]).toEqual([
        afterRequests,
        [contentOf('web', 'b'), contentOf('web', 'b'), ['1.4.0', 'prod']],
      ]);
      const settled = logged(root);
      expect(outcomeOf(await publish(settled, 2, letters, { ...version, run: 4 }))).toMatchObject({
        outcome: 'unchanged',
      });
      expect([afterRequests, settled.requests.filter((one) => one.startsWith('put'))]).toEqual([afterRequests, []]);
    }
  });

  test('of a version alone is completed too, with tags/list', async () => {
    for (let afterRequests = 0; afterRequests <= 40; afterRequests++) {
      const root = memoryObjects();
      const schedule = scheduler(randomOf(afterRequests));
      schedule.crash('dead', { afterRequests, when: afterRequests % 2 === 0 ? 'before' : 'after' });
      void publishVersion(
        schedule.gate('dead', root, () => false),
        1,
      );
      await schedule.run();
      await listTags(root, 'gitops/web');
      expect([afterRequests, (await publishVersion(root, 2)).end]).toEqual([afterRequests, undefined]);
      expect(await shown(root, 'web', '1.4.0')).toBe(contentOf('web', 'a'));
      expect([afterRequests, await listTags(root, 'gitops/web')]).toEqual([afterRequests, ['1.4.0']]);
    }
  });

  test('is completed also where another publisher is at work at the same time', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const root = memoryObjects();
      const schedule = scheduler(randomOf(seed));
      const runs = ['a', 'b'].map((letter, index) =>
        publish(
          schedule.gate(letter, root, () => false),
          index + 1,
          { east: letter, west: letter },
        ),
      );
      await schedule.run();
      await Promise.all(runs);
      expect([seed, await shown(root, 'east'), await shown(root, 'west')]).toEqual([
        seed,
        contentOf('east', 'b'),
        contentOf('west', 'b'),
      ]);
      expect(await listTags(root, 'gitops/east')).toEqual(['prod']);
      const { objects: tags } = await root.list('v2/gitops/releases/manifests/slipway.');
      const numbers = tags.map(({ key }) => key.slice(-18, -9));
      expect([seed, numbers]).toEqual([seed, numbers.map((_, index) => String(index + 1).padStart(9, '0'))]);
    }
  });
});
