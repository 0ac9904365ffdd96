/** Readers, publishers and crashes between any two requests to a bucket that is a registry. */
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import type { ProofGoods } from '../../../src/model.ts';
import { completeTags, staticRegistry } from '../../../src/ship/bucket/static-registry.ts';
import { MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { ManifestPutResult, Objects } from '../../../src/ship/ports.ts';
import type { Goods } from '../../../src/ship/store.ts';
import { randomOf, type Scheduler, scheduler } from '../../flow/scheduler.ts';
import { bundle, goodsOf, open, signature, withProofs } from '../proofs-fixture.ts';
import { listTags, pull } from './static-registry-client.ts';

const PROD = { kind: 'channel', channel: 'prod' } as const;

/** The objects, with somebody who looks after every write. */
function watched(objects: Objects, look: () => Promise<void>): Objects {
  const put: Objects['put'] = async (...args) => {
    const result = await objects.put(...args);
    await look();
    return result;
  };
  return { ...objects, put };
}

/** Content, proofs, verified as readers see them, then the names and a last look. */
async function publish(objects: Objects, release: readonly Goods[], proof: ProofGoods): Promise<void> {
  const { shelf, proofs, names } = open(staticRegistry(objects));
  const entries = release.map(({ entry }) => entry);
  await Promise.all(release.map((goods) => shelf.put(goods)));
  await Promise.all(entries.map((entry) => proofs.attach(entry, proof)));
  await Promise.all(entries.map((entry) => proofs.attach(entry, signature(entry))));
  for (const entry of entries) {
    if (proofs.missing(withProofs(entry, proof), await proofs.found(entry)).length > 0)
      await proofs.attach(entry, proof);
  }
  const held = await names.held(PROD, entries);
  const moved = release.filter(({ entry }) => held.get(entry.name) !== entry.manifest);
  await Promise.all(moved.map((goods) => names.move(PROD, goods)));
  await Promise.all(entries.map((entry) => proofs.settle(entry)));
}

const artifacts = ['east', 'west'];
const releaseOf = (letter: string): readonly Goods[] => artifacts.map((name) => goodsOf(name, letter));

test('a reader after every write finds the old or the new artifact whole, with its proofs', async () => {
  const objects = memoryObjects();
  const releases = ['a', 'b'].map((letter) => ({ goods: releaseOf(letter), proof: bundle(letter) }));
  const views = artifacts.map((_, at) =>
    releases.map(({ goods, proof }) => ({ manifest: goods[at]?.entry.manifest, proofs: [proof.proof.digest] })),
  );
  const seen: number[][] = artifacts.map(() => []);
  const reader = watched(objects, async () => {
    for (const [at, name] of artifacts.entries()) {
      const shown = await pull(objects, `fleet/${name}`, 'prod');
      const which = shown === undefined ? -1 : (views[at] ?? []).findIndex((v) => v.manifest === shown.manifest);
      expect(shown).toEqual(views[at]?.[which]);
      if (seen[at]?.at(-1) !== which) seen[at]?.push(which);
      await listTags(objects, `fleet/${name}`);
    }
  });
  for (const { goods, proof } of releases) await publish(reader, goods, proof);
  expect(seen).toEqual([
    [-1, 0, 1],
    [-1, 0, 1],
  ]);
});

/** Two publishers sign one artifact, each with a proof of its own; a reader looks after every write. */
async function together(seed: number, plan: (schedule: Scheduler) => void = () => {}): Promise<Objects> {
  const objects = memoryObjects();
  const goods = goodsOf('east');
  const schedule = scheduler(randomOf(seed));
  plan(schedule);
  const reader = watched(objects, async () => {
    const shown = await pull(objects, 'fleet/east', 'prod');
    if (shown !== undefined) expect([seed, shown.proofs.length > 0]).toEqual([seed, true]);
    await listTags(objects, 'fleet/east');
  });
  const all = ['a', 'b'].map((text) =>
    publish(
      schedule.gate(text, reader, () => false),
      [goods],
      bundle(text),
    ),
  );
  await schedule.run();
  await Promise.race([Promise.all(all), new Promise((done) => setImmediate(done))]);
  return objects;
}

describe('two publishers of one artifact', () => {
  const both = ['a', 'b'].map((text) => bundle(text).proof.digest).sort();

  async function finds(objects: Objects): Promise<unknown> {
    const shown = await pull(objects, 'fleet/east', 'prod');
    return [[...(shown?.proofs ?? [])].sort(), await listTags(objects, 'fleet/east')];
  }

  test('never show it unsigned, and leave both proofs and the tag listed, in any order of their requests', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      expect([seed, await finds(await together(seed))]).toEqual([seed, [both, ['prod']]]);
    }
  });

  test('do so when one stands still before any of its requests', async () => {
    for (let from = 0; from <= 48; from += 2) {
      const objects = await together(from, (schedule) => schedule.freeze('a', from, 60));
      expect([from, await finds(objects)]).toEqual([from, [both, ['prod']]]);
    }
  });

  test('leave it signed when one dies before or after any of its requests, and a rerun completes the lists', async () => {
    for (let afterRequests = 0; afterRequests <= 48; afterRequests++) {
      const when = afterRequests % 2 === 0 ? 'before' : 'after';
      const objects = await together(afterRequests, (schedule) => schedule.crash('a', { afterRequests, when }));
      await publish(objects, [goodsOf('east')], bundle('a'));
      await completeTags({ objects, matches: () => false }, 'fleet/east');
      expect([afterRequests, await finds(objects)]).toEqual([afterRequests, [both, ['prod']]]);
    }
  });
});

describe('tags that exclude one another', () => {
  const actors = ['a', 'b', 'c'];
  const manifest = (text: string): Uint8Array =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, annotations: { text } }));

  /** Three writers; answers what they were told, and the tags in the end. */
  async function race(seed: number, plan: (schedule: Scheduler) => void = () => {}) {
    const objects = memoryObjects();
    const schedule = scheduler(randomOf(seed));
    plan(schedule);
    const told = new Map<string, ManifestPutResult>();
    for (const actor of actors) {
      const repositories = staticRegistry(schedule.gate(actor, objects, () => false));
      const unless = (tag: string): boolean => tag.startsWith('record.7.');
      void repositories
        .putManifest('releases', `record.7.${actor}`, manifest(actor), { mediaType: MANIFEST_TYPE, unless })
        .then((result) => told.set(actor, result));
    }
    await schedule.run();
    const repositories = staticRegistry(objects);
    const tags = await repositories.tags('releases');
    const shown = await repositories.getManifest('releases', tags[0] ?? 'none');
    return { told, tags, shown: shown?.digest };
  }

  test('are made by exactly one of three writers at once, and the others are told which', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { told, tags, shown } = await race(seed);
      expect([seed, tags.length]).toEqual([seed, 1]);
      const winner = tags[0]?.slice(-1) ?? '';
      expect(shown).toBe(digestOf(manifest(winner)));
      for (const actor of actors) {
        expect(told.get(actor)).toEqual(
          actor === winner ? { outcome: 'created' } : { outcome: 'exists', tag: tags[0] },
        );
      }
    }
  });

  test('are made by one when another dies or stands still before or after any of its requests', async () => {
    for (let round = 0; round < 60; round++) {
      const [at, when] = [Math.floor(round / 3), round % 3];
      const { told, tags } = await race(round, (schedule) => {
        if (when === 2) schedule.freeze('a', at, 40);
        else schedule.crash('a', { afterRequests: at, when: when === 0 ? 'before' : 'after' });
      });
      expect([round, tags.length]).toEqual([round, 1]);
      for (const [actor, result] of told) {
        expect([round, actor, result]).toEqual([
          round,
          actor,
          tags[0] === `record.7.${actor}` ? { outcome: 'created' } : { outcome: 'exists', tag: tags[0] },
        ]);
      }
      expect(told.size).toBeGreaterThanOrEqual(2);
    }
  });
});

test('lists have what three writers add at once, though none of them looks again', async () => {
  const subject = { mediaType: MANIFEST_TYPE, digest: digestOf(Buffer.from('subject')), size: 7 };
  for (let seed = 1; seed <= 60; seed++) {
    const objects = memoryObjects();
    const schedule = scheduler(randomOf(seed));
    const digests = ['a', 'b', 'c'].map((tag) => {
      const bytes = Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, subject, artifactType: tag }),
      );
      const { putManifest } = staticRegistry(schedule.gate(tag, objects, () => false));
      void putManifest('fleet', tag, bytes, { mediaType: MANIFEST_TYPE });
      return digestOf(bytes);
    });
    await schedule.run();
    const listed = await staticRegistry(objects).referrers('fleet', subject.digest);
    expect([seed, listed?.map(({ digest }) => digest)]).toEqual([seed, [...digests].sort()]);
    const list = await objects.get('v2/fleet/tags/list');
    expect(Buffer.from(list?.bytes ?? []).toString()).toBe('{"name":"fleet","tags":["a","b","c"]}');
  }
});
