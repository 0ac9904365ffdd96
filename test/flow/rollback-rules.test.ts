/** What a rollback makes of a channel, and what may follow it. */
import { describe, expect, test } from 'vitest';
import type { Decided } from '../../src/ship/release.ts';
import { change, newestIn, publish, rollback } from './rolling.ts';
import { empty, now, released, said } from './rolling-fleet.ts';
import { bucket, openStore, packed, recordsOf } from './world.ts';

const refusal = ({ end }: Decided): readonly (string | undefined)[] => [
  end?.outcome,
  end?.error?.message,
  end?.error?.hint,
];

describe('what comes back', () => {
  test('is content of then in the order of now, with the bad commit blocked', async () => {
    const fleet = await released();
    const [, first] = await recordsOf(openStore(fleet.at[0] ?? bucket('none')));
    const receipt = await rollback(fleet.stores);
    expect([receipt.outcome, receipt.kind, receipt.generation]).toEqual(['published', 'rollback', 3]);
    expect(receipt.from).toEqual({ channel: 'prod', generation: 1, run: first?.run });
    expect(receipt.artifacts.map(({ name, changed }) => [name, changed])).toEqual([
      ['east', true],
      ['north', false],
      ['west', true],
    ]);
    expect(receipt.difference?.counts.artifacts).toEqual({ added: 0, removed: 0, changed: 2, unchanged: 1 });
    expect(await now(fleet)).toEqual({
      ...{ generation: 3, kind: 'rollback', held: 'aaa', floor: 3, blocked: [3] },
      order: [3, 3, 3],
    });
    const { artifacts } = await newestIn(fleet.at);
    expect(artifacts.map(({ since }) => since)).toEqual([3, 1, 3]);
    // Manifest, proofs, views and sizes are those of then.
    expect(artifacts.map(({ manifest, size, views }) => [manifest, size, views])).toEqual(
      first?.artifacts.map(({ manifest, size, views }) => [manifest, size, views]),
    );
  });

  test('is one artifact where one is named, and the others stay', async () => {
    const fleet = await released();
    await change(fleet.stores, { kind: 'rollback', artifacts: ['west'] });
    expect(await now(fleet)).toMatchObject({ held: 'baa', blocked: [3], order: [3, 3, 3] });
    await change(fleet.stores, { kind: 'rollback', artifacts: ['east'] });
    expect(await now(fleet)).toMatchObject({ generation: 4, held: 'aaa', blocked: [3] });
  });

  test('is a version that was claimed, by the content that it has', async () => {
    const fleet = empty();
    await publish(fleet.stores, 1, 'aaa', { version: '1.0.0' });
    await publish(fleet.stores, 2, 'bbb');
    await publish(fleet.stores, 3, 'ccc');
    const receipt = await change(fleet.stores, { kind: 'rollback', to: { kind: 'version', version: '1.0.0' } });
    expect(receipt.from).toEqual({ version: '1.0.0', run: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await now(fleet)).toMatchObject({ generation: 4, held: 'aaa', blocked: [2, 3], order: [3, 3, 3], floor: 3 });
  });

  test('is the content or the manifest of a digest, for the artifacts that had it', async () => {
    const fleet = await released();
    const { content } = packed('east', 'a');
    const to = { kind: 'digest', digest: content.digest } as const;
    // All three have it in generation 1, and one has it now.
    await change(fleet.stores, { kind: 'rollback', to, artifacts: ['east'] });
    expect(await now(fleet)).toMatchObject({ held: 'aba', blocked: [3] });
  });

  test('is an artifact that was retired since, which no config lists yet', async () => {
    const fleet = await released();
    await change(fleet.stores, { kind: 'retire', names: ['north'], listed: [] });
    expect(await now(fleet)).toMatchObject({ generation: 3, held: 'bb-' });
    await rollback(fleet.stores);
    expect(await now(fleet)).toMatchObject({ generation: 4, held: 'bba', blocked: [] });
    const { artifacts } = await newestIn(fleet.at);
    expect(artifacts.map(({ name, orphan }) => [name, orphan])).toEqual([
      ['east', undefined],
      ['north', true],
      ['west', undefined],
    ]);
  });

  test('is nothing for an artifact that came later, which a warning names', async () => {
    const fleet = empty();
    await publish(fleet.stores, 1, 'aa');
    await publish(fleet.stores, 2, 'bbc');
    const receipt = await rollback(fleet.stores);
    expect(receipt.warnings).toEqual(['"north" is not in generation 1, and stays as it is: slipway retire removes it']);
    expect(await now(fleet)).toMatchObject({ held: 'aac', blocked: [2] });
    const north = (await newestIn(fleet.at)).artifacts.find(({ name }) => name === 'north');
    expect(north).toMatchObject({ orphan: true, since: 2 });
  });
});

describe('afterwards', () => {
  test('neither the bad commit nor one in between comes back, and a newer one publishes', async () => {
    const fleet = await released();
    await rollback(fleet.stores);
    expect(refusal(await publish(fleet.stores, 3, 'bba'))).toEqual([
      'refused',
      'Commit "333333333333" was rolled back and is blocked',
      'publish a commit that fixes it, or pass --allow blocked:333333333333',
    ]);
    expect((await publish(fleet.stores, 2, 'ccc')).outcome).toBe('superseded');
    expect((await now(fleet)).held).toBe('aaa');
    expect((await publish(fleet.stores, 4, 'dda')).outcome).toBe('published');
    expect(await now(fleet)).toMatchObject({ generation: 4, kind: 'publish', held: 'dda', floor: 4, blocked: [3] });
  });

  test('a blocked commit that is allowed publishes, and is blocked no longer', async () => {
    const fleet = await released();
    await rollback(fleet.stores);
    const allowed = ['blocked:333333333333'];
    expect((await publish(fleet.stores, 3, 'bba', { allowed })).outcome).toBe('published');
    expect(await now(fleet)).toMatchObject({ generation: 4, held: 'bba', blocked: [] });
    expect((await newestIn(fleet.at)).allowed).toEqual(allowed);
  });

  test('the same rollback once more changes nothing, by its number and without', async () => {
    const fleet = await released();
    await rollback(fleet.stores);
    const before = await now(fleet);
    expect((await rollback(fleet.stores, 1)).outcome).toBe('unchanged');
    const again = await rollback(fleet.stores);
    expect([again.outcome, again.warnings]).toEqual([
      'unchanged',
      ['Channel "prod" was rolled back already, and nothing was published since: --to goes further back'],
    ]);
    expect(await now(fleet)).toEqual(before);
  });

  test('the bad generation comes back only by the phrase that its refusal shows', async () => {
    const fleet = await released();
    await rollback(fleet.stores);
    expect(said(await rollback(fleet.stores, 2))).toEqual([
      'refused',
      'Generation 2 brings back commit "333333333333", which was rolled back and is blocked',
      'roll back to another generation, or pass --allow blocked:333333333333',
    ]);
    expect((await rollback(fleet.stores, 2, { allowed: ['blocked:333333333333'] })).outcome).toBe('published');
    expect(await now(fleet)).toMatchObject({ generation: 4, held: 'bba', blocked: [], order: [3, 3, 3] });
  });

  test('a second bad release goes back to what the first rollback showed', async () => {
    const fleet = await released();
    await rollback(fleet.stores);
    await publish(fleet.stores, 5, 'cca');
    const receipt = await rollback(fleet.stores);
    expect(receipt.from).toMatchObject({ generation: 3 });
    expect(await now(fleet)).toMatchObject({ generation: 5, held: 'aaa', blocked: [3, 5], order: [5, 5, 5], floor: 5 });
  });

  test('a pipeline that was in between finds an artifact newer that was retired and came back', async () => {
    const fleet = await released();
    await change(fleet.stores, { kind: 'retire', names: ['north'], listed: [] });
    await rollback(fleet.stores, 1);
    expect(await now(fleet)).toMatchObject({ held: 'aaa', order: [3, 3, 3], blocked: [3] });
    expect((await publish(fleet.stores, 2, '--c')).outcome).toBe('superseded');
  });

  test('the commits of artifacts that a digest says nothing of are not blocked', async () => {
    const fleet = empty();
    const listed = ['east', 'west', 'north'];
    await publish(fleet.stores, 1, 'abc');
    const east = (await newestIn(fleet.at)).artifacts.find(({ name }) => name === 'east');
    await publish(fleet.stores, 2, 'd--', { listed });
    await publish(fleet.stores, 3, '-e-', { listed });
    const digest = east?.content ?? 'sha256:';
    await change(fleet.stores, { kind: 'rollback', to: { kind: 'digest', digest } });
    expect(await now(fleet)).toMatchObject({ held: 'aec', blocked: [2] });
    expect((await publish(fleet.stores, 3, '-e-', { listed })).outcome).toBe('unchanged');
  });

  test('an older commit stays out also where something was let in without one', async () => {
    const fleet = await released();
    await publish(fleet.stores, 0, 'cca', { provenance: { dirty: false }, allowed: ['no-git'] });
    expect((await publish(fleet.stores, 2, 'dda')).outcome).toBe('superseded');
    expect(await now(fleet)).toMatchObject({ generation: 3, held: 'cca', floor: 3 });
    expect((await publish(fleet.stores, 4, 'dda')).outcome).toBe('published');
  });
});
