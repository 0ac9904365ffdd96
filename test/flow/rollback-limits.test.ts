/** Rollbacks to what was lost, pruned, somebody else's, or never there. */
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { memoryObjects } from '../../src/ship/memory.ts';
import { change, publish, rollback } from './rolling.ts';
import { empty, type Fleet, now, released, said } from './rolling-fleet.ts';
import { bucket, openStore, type Port, packed, recordsOf, registry } from './world.ts';

/** Deletes what a bucket holds of some content, views and manifests too. */
async function lose(port: Port | undefined, letter: string): Promise<void> {
  if (port?.kind !== 'bucket') throw new Error('only buckets lose things here');
  const [, first] = await recordsOf(openStore(port));
  const entry = first?.artifacts.find(({ content }) => content === packed('east', letter).content.digest);
  for (const digest of [entry?.content, entry?.manifest]) {
    const hex = digest?.slice('sha256:'.length) ?? '';
    const kept = [...(await port.port.list('content/')).objects, ...(await port.port.list('manifests/')).objects];
    const lost = kept.filter(({ key }) => key.includes(hex));
    expect(lost.length).toBeGreaterThan(0);
    for (const { key } of lost) await port.port.delete(key);
  }
}

describe('content that was lost', () => {
  const buckets = async (): Promise<Fleet> => {
    const at = [bucket('us'), bucket('eu')];
    const fleet = { at, stores: at.map(openStore) };
    await publish(fleet.stores, 1, 'aaa');
    await publish(fleet.stores, 3, 'bbb');
    return fleet;
  };

  test('in one store comes from the other one', async () => {
    const fleet = await buckets();
    await lose(fleet.at[0], 'a');
    expect((await rollback(fleet.at.map(openStore))).outcome).toBe('published');
    expect(await now(fleet)).toMatchObject({ held: 'aaa', blocked: [3] });
  });

  test('in every store is told, and nothing is named', async () => {
    const fleet = await buckets();
    for (const port of fleet.at) await lose(port, 'a');
    const [outcome, message, hint] = said(await rollback(fleet.at.map(openStore)));
    expect(outcome).toBe('failed');
    expect(message).toMatch(
      /^Store "us": No store holds artifact "(?:east|west|north)" \(sha256:[0-9a-f]{64}\) whole$/,
    );
    expect(hint).toBe('roll back to another release, or publish the old source again as a new commit');
    expect(await now(fleet)).toMatchObject({ generation: 2, held: 'bbb' });
  });
});

describe('what was there before slipway', () => {
  test('comes back by the digest of what its name showed, and leaves a record of its own', async () => {
    const port = memoryObjects();
    const theirs = Buffer.from('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: theirs\n');
    await port.put('channels/prod/east/manifests.yaml', theirs, { contentType: 'text/yaml' });
    const at: readonly Port[] = [{ kind: 'bucket', name: 'us', port }, registry('mirror', true)];
    const stores = at.map(openStore);
    expect((await publish(stores, 1, 'aaa')).end?.error?.code).toBe('FOREIGN');
    await publish(stores, 2, 'aaa', { adopt: true });
    const digest = digestOf(theirs);
    const receipt = await change(stores, { kind: 'rollback', to: { kind: 'digest', digest } });
    expect([receipt.outcome, receipt.error?.message]).toEqual(['published', undefined]);
    expect(Buffer.from((await port.get('channels/prod/east/manifests.yaml'))?.bytes ?? []).toString()).toBe(
      theirs.toString(),
    );
    // The registry, which never had it, shows the same bytes now.
    expect(await now({ at, stores })).toMatchObject({ generation: 2, held: '?aa', blocked: [2], order: [2, 2, 2] });
  });
});

describe('what cannot be', () => {
  test('a generation that was pruned is told with the oldest that is kept, and the versions', async () => {
    const fleet = empty();
    await publish(fleet.stores, 1, 'aaa', { version: '1.0.0' });
    await publish(fleet.stores, 2, 'bbb');
    await publish(fleet.stores, 3, 'ccc');
    const [us] = fleet.at;
    if (us?.kind !== 'bucket') throw new Error('the first store is a bucket');
    const stores = [openStore(us)];
    await us.port.delete('releases/default/prod/999999998-000000001.json');
    expect(said(await rollback(stores, 1))).toEqual([
      'failed',
      'Cannot roll back to generation 1 of channel "prod": it was pruned, the oldest one that is kept is 2',
      'generations 2 to 3 are kept; versions that are claimed: 1.0.0',
    ]);
    expect(said(await rollback(stores, 9))[1]).toBe(
      'Cannot roll back to generation 9 of channel "prod": the newest one is 3',
    );
    const receipt = await change(stores, { kind: 'rollback', to: { kind: 'version', version: '1.0.0' } });
    expect(receipt.outcome).toBe('published');
  });

  test('a version that nobody claimed, or that the channel never had', async () => {
    const fleet = await released();
    const to = (version: string) => ({ kind: 'rollback', to: { kind: 'version', version } }) as const;
    expect(said(await change(fleet.stores, to('2.0.0')))).toEqual([
      'failed',
      'Cannot roll back to version "2.0.0": nobody claimed it in these stores',
      'generations 1 to 2 are kept',
    ]);
    await publish(fleet.stores, 5, 'ddd', { channel: 'staging', version: '2.0.0' });
    expect(said(await change(fleet.stores, to('2.0.0')))).toEqual([
      'refused',
      'Cannot roll back to version "2.0.0": channel "prod" never had it',
      'bring it there with slipway promote --from 2.0.0 --to prod',
    ]);
  });

  test('a digest that is not there, a first release, and an empty channel', async () => {
    const fleet = empty();
    expect(said(await rollback(fleet.stores))[1]).toBe('Channel "prod" has no release in these stores');
    await publish(fleet.stores, 1, 'aaa');
    expect(said(await rollback(fleet.stores))).toEqual([
      'failed',
      'Cannot roll back channel "prod": no generation before it that is kept has other content',
      'publish the commit that is right',
    ]);
    const digest = digestOf(Buffer.from('nothing'));
    expect(said(await change(fleet.stores, { kind: 'rollback', to: { kind: 'digest', digest } }))[1]).toBe(
      `Cannot roll back to "${digest}": no generation of channel "prod" that is kept has it`,
    );
  });

  test('an artifact that is not there, with what it may be', async () => {
    const { stores } = await released();
    await expect(change(stores, { kind: 'rollback', artifacts: ['eats'] })).rejects.toMatchObject({
      code: 'USAGE',
      message: 'Cannot roll back "eats": channel "prod" has no such artifact',
      hint: 'did you mean "east"',
    });
  });

  test('an artifact that was not there then, instead of leaving it as it is', async () => {
    const { stores } = empty();
    await publish(stores, 1, 'aa-', { version: '1.0.0' });
    await publish(stores, 3, 'bbb');
    const targets = [
      ['version "1.0.0"', { kind: 'version', version: '1.0.0' }],
      ['generation 1', { kind: 'generation', generation: 1 }],
    ] as const;
    for (const [label, to] of targets) {
      await expect(change(stores, { kind: 'rollback', to, artifacts: ['east', 'north'] })).rejects.toMatchObject({
        code: 'USAGE',
        message: `Cannot roll back "north": it is not in ${label}`,
      });
    }
  });
});
