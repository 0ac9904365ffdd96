import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import type { Entry, ReleaseRecord, VersionClaim } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import { fluxManifest } from '../../../src/ship/manifest.ts';
import { memoryRepositories } from '../../../src/ship/memory.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import { registryStore } from '../../../src/ship/registry/store.ts';
import type { Goods, Store } from '../../../src/ship/store.ts';
import { packed } from '../../flow/world.ts';

const PROD = { kind: 'channel', channel: 'prod' } as const;

function open(repositories: Repositories = memoryRepositories(), project = 'default'): Store {
  const referencePrefix = 'oci://registry.example/';
  const options = { name: 'eu', url: 'oci://registry.example/fleet/{artifact}', repository: 'fleet/{artifact}' };
  return registryStore({ ...options, referencePrefix, project, repositories, forms });
}

function goodsOf(letter: string): Goods {
  const { content, views, bytes } = packed('east', letter);
  const manifest = fluxManifest(content, { dirty: false });
  const kept = { content: content.digest, manifest: digestOf(manifest), size: content.size, views };
  const entry: Entry = { name: 'east', ...kept, resources: 1, proofs: [], since: 1 };
  return { entry, manifest, content: bytes };
}

const record = (generation: number, run: string, channel = 'prod'): ReleaseRecord => ({
  schema: 1,
  project: 'default',
  channel,
  generation,
  run: run.padEnd(32, '0'),
  kind: 'publish',
  at: '2026-01-01T00:00:00Z',
  blocked: [],
  primary: 'eu',
  artifacts: [goodsOf('a').entry],
  allowed: [],
  gates: [],
});

const claim = (version: string): VersionClaim => ({
  schema: 1,
  project: 'default',
  version,
  run: 'ab'.repeat(16),
  at: '2026-01-01T00:00:00Z',
  artifacts: [goodsOf('a').entry],
});

describe('records', () => {
  test('are tags of the repository that the artifact "releases" names', async () => {
    const repositories = memoryRepositories();
    await open(repositories).ledger.create(record(41, '0a1b2c3d'));
    expect(await repositories.tags('fleet/releases')).toEqual(['slipway.default.prod.000000041.0a1b2c3d']);
  });

  test('are found newest first; of one number, the smaller run id is the record', async () => {
    const { ledger } = open(memoryRepositories({ lock: 'none' }));
    for (const [generation, run] of [
      [1, 'aaaaaaaa'],
      [2, 'cccccccc'],
      [2, 'bbbbbbbb'],
    ] as const) {
      expect(await ledger.create(record(generation, run))).toBe('created');
    }
    expect(await ledger.head('prod')).toEqual({ generation: 2, run: 'bbbbbbbb' });
    expect((await ledger.read('prod', { generation: 2 }))?.run).toMatch(/^bbbbbbbb/);
    expect((await ledger.heads('prod')).map((head) => head.run)).toEqual(['bbbbbbbb', 'cccccccc', 'aaaaaaaa']);
  });

  test('have one of each number where the store has a lock', async () => {
    const { ledger } = open();
    expect(await ledger.create(record(1, 'aaaaaaaa'))).toBe('created');
    expect(await ledger.create(record(1, 'bbbbbbbb'))).toBe('exists');
  });

  test('of other channels and projects are not mixed in, also where names begin alike or hold dots', async () => {
    const repositories = memoryRepositories();
    const { ledger } = open(repositories);
    await ledger.create(record(1, 'aaaaaaaa'));
    await ledger.create(record(5, 'bbbbbbbb', 'prod-eu'));
    await ledger.create(record(6, 'cccccccc', 'prod.eu'));
    await open(repositories, 'other').ledger.create(record(9, 'dddddddd'));
    expect(await ledger.head('prod')).toEqual({ generation: 1, run: 'aaaaaaaa' });
    expect([...(await ledger.channels())].sort()).toEqual(['prod', 'prod-eu', 'prod.eu']);
  });
});

describe('versions', () => {
  test.each(['cas', 'none'] as const)(
    'are claimed once, and 1.4.1 does not stand in the way of 1.4.10 (%s)',
    async (lock) => {
      const { ledger } = open(memoryRepositories({ lock }));
      expect(await ledger.createClaim(claim('1.4.10'))).toBe('created');
      expect(await ledger.createClaim(claim('1.4.1'))).toBe('created');
      expect(await ledger.createClaim(claim('1.4.1'))).toBe('exists');
      expect((await ledger.claim('1.4.1'))?.version).toBe('1.4.1');
      expect(await ledger.claim('1.4.2')).toBeUndefined();
    },
  );
});

describe('content', () => {
  test('stays readable in a registry that forgets, because every manifest has a tag of its own', async () => {
    const { names, shelf } = open(memoryRepositories({ forgets: true }));
    for (const letter of ['a', 'b']) {
      await shelf.put(goodsOf(letter));
      await names.move(PROD, goodsOf(letter));
    }
    await expect(shelf.check(goodsOf('a').entry)).resolves.toBeUndefined();
  });

  test('is not put where a content- tag was moved by someone else', async () => {
    const repositories = memoryRepositories();
    const goods = goodsOf('a');
    const tag = `content-${goods.entry.manifest.slice(7, 23)}`;
    await repositories.putManifest('fleet/east', tag, goodsOf('b').manifest, { mediaType: 'application/json' });
    await expect(open(repositories).shelf.put(goods)).rejects.toMatchObject({ code: 'FOREIGN' });
  });

  test('that is missing is found', async () => {
    await expect(open().shelf.check(goodsOf('a').entry)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('names', () => {
  test('are tags, and Flux reports tag and manifest digest', async () => {
    const repositories = memoryRepositories();
    const { names } = open(repositories);
    const goods = goodsOf('a');
    await names.move(PROD, goods);
    expect((await repositories.getManifest('fleet/east', 'prod'))?.digest).toBe(goods.entry.manifest);
    expect(names.fluxRevision(PROD, goods.entry)).toBe(`prod@${goods.entry.manifest}`);
    expect(names.reference(PROD, goods.entry)).toBe(`oci://registry.example/fleet/east:prod@${goods.entry.manifest}`);
  });

  test('of a version are written once', async () => {
    const { names } = open();
    const version = { kind: 'version', version: '1.0.0' } as const;
    expect(await names.move(version, goodsOf('a'))).toBe('moved');
    expect(await names.move(version, goodsOf('b'))).toBe('exists');
  });

  test('that someone else wrote can be kept under a content- tag', async () => {
    const repositories = memoryRepositories();
    const foreign = goodsOf('b');
    await repositories.putManifest('fleet/east', 'prod', foreign.manifest, { mediaType: 'application/json' });
    const adopted = await open(repositories).names.adopt(PROD, goodsOf('a').entry);
    expect(adopted).toMatchObject({ manifest: foreign.entry.manifest, content: foreign.entry.content });
    expect(await repositories.tags('fleet/east')).toContain(`content-${foreign.entry.manifest.slice(7, 23)}`);
  });

  test('that hold no image manifest cannot be kept', async () => {
    const repositories = memoryRepositories();
    await repositories.putManifest('fleet/east', 'prod', Buffer.from('{"manifests":[]}'), { mediaType: 'x/y' });
    await expect(open(repositories).names.adopt(PROD, goodsOf('a').entry)).rejects.toMatchObject({ code: 'FOREIGN' });
  });
});
