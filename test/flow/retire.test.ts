/** Artifacts that leave a channel, and channels that nobody may move. */
import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import type { Store } from '../../src/ship/store.ts';
import { change, heldIn, newestIn, publish, rollback } from './rolling.ts';
import { bucket, layouts, openStore, type Port, recordsOf, registry, SPACE } from './world.ts';

interface Fleet {
  readonly at: readonly Port[];
  readonly stores: readonly Store[];
}

/** Commit 1 has three artifacts, commit 3 has two of them. */
async function released(): Promise<Fleet> {
  const at = [bucket('us'), registry('mirror', true), layouts('local')];
  const stores = at.map(openStore);
  await publish(stores, 1, 'aaa');
  await publish(stores, 3, 'bb', { allowed: ['disappear@north'] });
  return { at, stores };
}

const said = ({ outcome, error }: Receipt): readonly (string | undefined)[] => [outcome, error?.message, error?.hint];

const retire = (stores: readonly Store[], names: readonly string[], listed: readonly string[] = []): Promise<Receipt> =>
  change(stores, { kind: 'retire', names, listed });

const freeze = (stores: readonly Store[], reason: string): Promise<Receipt> =>
  change(stores, { kind: 'freeze', reason });

describe('retire', () => {
  test('takes an artifact out of the record, and leaves what its names show', async () => {
    const { at, stores } = await released();
    const [north] = (await newestIn(at)).artifacts.filter(({ name }) => name === 'north');
    if (north === undefined) throw new Error('it is there');
    expect(north.orphan).toBe(true);
    const receipt = await retire(stores, ['north']);
    expect([receipt.outcome, receipt.kind, receipt.retired]).toEqual(['published', 'retire', ['north']]);
    expect(receipt.warnings).toEqual(['"north" keeps its names in the stores, and its cluster what they show']);
    const newest = await newestIn(at);
    expect([heldIn(newest), newest.kind, newest.allowed]).toEqual(['bb-', 'retire', ['disappear@north']]);
    for (const store of stores.map((_, i) => openStore(at[i] ?? bucket('none')))) {
      expect((await recordsOf(store))[0]).toEqual(newest);
      expect((await store.names.held(SPACE, [north])).get('north')).toBe(store.names.shows(SPACE, north));
    }
  });

  test('does nothing a second time, also where some are new', async () => {
    const { at, stores } = await released();
    await retire(stores, ['north']);
    const again = await retire(stores, ['north']);
    expect([again.outcome, again.warnings]).toEqual(['unchanged', ['"north" left the channel before']]);
    expect((await retire(stores, ['north', 'west'])).retired).toEqual(['west']);
    expect(heldIn(await newestIn(at))).toBe('b--');
  });

  test('of several names each by itself in the record', async () => {
    const { at, stores } = await released();
    await retire(stores, ['west', 'north', 'west']);
    expect((await newestIn(at)).allowed).toEqual(['disappear@west', 'disappear@north']);
  });

  test('refuses what the config lists, everything, and names that were never there', async () => {
    const { at, stores } = await released();
    expect(said(await retire(stores, ['west'], ['east', 'west']))).toEqual([
      'refused',
      'Cannot retire "west": the config lists it, so the next publish brings it back',
      'take it out of the config first',
    ]);
    expect(said(await retire(stores, ['east', 'west', 'north']))).toEqual([
      'refused',
      'Cannot retire everything: these are all artifacts of channel "prod"',
      'a channel is never empty; slipway freeze keeps everybody from publishing to it',
    ]);
    await expect(retire(stores, ['nroth'])).rejects.toMatchObject({
      code: 'USAGE',
      message: 'Cannot retire "nroth": channel "prod" has no such artifact',
      hint: 'did you mean "north"',
    });
    expect((await newestIn(at)).generation).toBe(2);
    await retire(stores, ['north', 'west']);
    expect(said(await retire(stores, ['east']))[1]).toBe(
      'Cannot retire everything: "east" is the last artifact of channel "prod"',
    );
  });

  test('is not undone by a late pipeline, and is by a newer commit that has it', async () => {
    const { at, stores } = await released();
    await retire(stores, ['north']);
    // The commit that published it last, and one in between.
    expect((await publish(stores, 1, 'aaa')).outcome).toBe('superseded');
    expect((await publish(stores, 2, 'aac')).outcome).toBe('superseded');
    expect([(await newestIn(at)).generation, heldIn(await newestIn(at))]).toEqual([3, 'bb-']);
    expect((await publish(stores, 4, 'bba')).outcome).toBe('published');
    expect(heldIn(await newestIn(at))).toBe('bba');
  });
});

describe('a frozen channel', () => {
  test('says why to everybody who would move it, until the phrase', async () => {
    const { at, stores } = await released();
    expect((await freeze(stores, 'end of the quarter')).outcome).toBe('published');
    const told = [
      'refused',
      'Channel "prod" is frozen: end of the quarter',
      'unfreeze it first, or pass --allow frozen:prod',
    ];
    const { end } = await publish(stores, 4, 'cc');
    expect([end?.outcome, end?.error?.message, end?.error?.hint]).toEqual(told);
    expect(said(await rollback(stores))).toEqual(told);
    expect(said(await retire(stores, ['north']))).toEqual(told);
    expect((await newestIn(at)).generation).toBe(3);
    const allowed = ['frozen:prod'];
    expect((await rollback(stores, 1, { allowed })).outcome).toBe('published');
    expect(await newestIn(at)).toMatchObject({ frozen: { reason: 'end of the quarter' }, allowed });
    expect((await publish(stores, 4, 'cca', { allowed })).outcome).toBe('published');
    expect((await newestIn(at)).frozen).toEqual({ reason: 'end of the quarter' });
  });

  test('is frozen once for one reason, and again for another', async () => {
    const { at, stores } = await released();
    await freeze(stores, 'night');
    expect((await freeze(stores, 'night')).outcome).toBe('unchanged');
    expect((await freeze(stores, 'weekend')).outcome).toBe('published');
    expect(await newestIn(at)).toMatchObject({ generation: 4, kind: 'freeze', frozen: { reason: 'weekend' } });
    const thawed = await change(stores, { kind: 'unfreeze' });
    expect([thawed.outcome, thawed.kind]).toEqual(['published', 'unfreeze']);
    expect((await newestIn(at)).frozen).toBeUndefined();
    expect((await change(stores, { kind: 'unfreeze' })).outcome).toBe('unchanged');
    expect((await publish(stores, 4, 'cc')).outcome).toBe('published');
  });

  test('is one for a store that was out of reach, as soon as it is back', async () => {
    const { at } = await released();
    const [us] = at;
    if (us === undefined) throw new Error('there are three');
    await freeze([openStore(us)], 'night');
    const receipt = await freeze(at.map(openStore), 'night');
    expect(Object.values(receipt.stores).map(({ state, generation }) => [state, generation])).toEqual([
      ['current', 3],
      ['current', 3],
      ['current', 3],
    ]);
    for (const port of at) expect((await recordsOf(openStore(port)))[0]?.frozen).toEqual({ reason: 'night' });
  });

  test('moves no name and brings no content by that', async () => {
    const { stores } = await released();
    const receipt = await freeze(stores, 'night');
    expect(receipt.artifacts.map(({ changed }) => changed)).toEqual([false, false, false]);
    expect(receipt.difference?.counts.artifacts).toMatchObject({ added: 0, removed: 0, changed: 0 });
  });
});
