import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import { memoryRepositories } from '../../src/ship/memory.ts';
import { fleet, ripen } from './prune-fleet.ts';
import { openStore } from './world.ts';

describe('refuses', () => {
  const refused = async (work: Promise<unknown>): Promise<SlipwayError> => {
    const thrown: unknown = await work.catch((error: unknown) => error);
    if (thrown instanceof SlipwayError) return thrown;
    throw new Error('It was not refused', { cause: thrown });
  };

  test('a primary without a lock, unless no publisher runs', async () => {
    const { publish, prune: pruneIt } = fleet();
    await publish(1, 'a');
    const error = await refused(pruneIt({ primaries: ['mirror'] }));
    expect([error.code, error.message, error.hint]).toEqual([
      'REFUSED',
      'Cannot prune store "mirror" beside publishers: it orders releases and has no lock, so that a publisher would not see what is being deleted',
      'pass --exclusive while the CI lets no publisher run',
    ]);
    expect((await pruneIt({ primaries: ['mirror'], exclusive: true })).outcome).toBe('unchanged');
  });

  test('to work beside another prune, and finishes what a dead one began', async () => {
    const { time, objects, publish, prune: pruneIt } = fleet();
    for (const [index, letter] of [...'abcd'].entries()) await publish(index + 1, letter);
    await pruneIt();
    await objects.delete('prune/000000001.closed');
    const error = await refused(pruneIt());
    expect([error.code, error.message]).toEqual([
      'REFUSED',
      'Another prune is at work in store "bucket": it began at 2026-01-01T00:00:00.000Z',
    ]);
    ripen(time);
    expect((await pruneIt()).totals.deleted.items).toBeGreaterThan(0);
  });

  test('to delete anything where one store cannot be read', async () => {
    const { time, ports, publish, prune: pruneIt, keys, stores } = fleet();
    for (const [index, letter] of [...'abcd'].entries()) await publish(index + 1, letter);
    await pruneIt();
    ripen(time);
    const before = await keys();
    const [, mirror] = ports;
    if (mirror?.kind !== 'registry') throw new Error('The second store is a registry');
    const tags = async (): Promise<never> => {
      throw new SlipwayError('NETWORK', 'The store is unreachable');
    };
    const broken = openStore({ ...mirror, port: { ...mirror.port, tags } });
    const error = await refused(pruneIt({ stores: [...stores().slice(0, 1), broken] }));
    expect([error.code, error.message]).toEqual(['NETWORK', 'Store "mirror": The store is unreachable']);
    expect(await keys()).toEqual(before);
  });

  test('to begin where a registry has deletion switched off', async () => {
    const real = memoryRepositories({ lock: 'none' });
    const {
      time,
      publish,
      prune: pruneIt,
      keys,
    } = fleet({
      mirror: {
        ...real,
        async deleteManifest() {
          throw new SlipwayError('DENIED', 'The registry has deletion switched off');
        },
      },
    });
    for (const [index, letter] of [...'abcd'].entries()) await publish(index + 1, letter);
    ripen(time);
    const before = await keys();
    const error = await refused(pruneIt());
    expect([error.code, error.message]).toEqual(['DENIED', 'Store "mirror": The registry has deletion switched off']);
    expect(await keys()).toEqual(before);
  });
});
