import { expect, test } from 'vitest';
import { copyDocuments } from '../../../src/ship/heal/copy-documents.ts';
import { newSite, UNDECIDED } from '../../../src/ship/release.ts';
import type { Store } from '../../../src/ship/store.ts';
import { ARTIFACTS, bucket, openStore, planOf, publishOnce, recordsOf } from '../../flow/world.ts';

const generationsIn = async (store: Store): Promise<readonly number[]> =>
  (await recordsOf(store)).map(({ generation }) => generation);

test('a record that a prune removes after it was read is not copied, the newest is', async () => {
  const full = bucket('full');
  for (const commit of [1, 2, 3]) {
    const letters = Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, `${commit}${artifact}`]));
    const publisher = { run: commit, commit, letters, stores: [openStore(full)], primary: 'full', quorum: 1 };
    const { end } = await publishOnce(publisher);
    expect(end).toBeUndefined();
  }
  const source = openStore(full);
  const empty = openStore(bucket('empty'));
  const [target] = await recordsOf(source);
  if (target === undefined) throw new Error('There are records');
  const { ledger } = source;
  const seen = new Set<number>();
  const pruned: Store = {
    ...source,
    ledger: {
      ...ledger,
      async read(channel, head) {
        if (head.generation === 1 && seen.has(1)) return undefined;
        seen.add(head.generation);
        return ledger.read(channel, head);
      },
    },
  };
  const plan = planOf({ run: 9, commit: 9, letters: {}, stores: [pruned, empty], primary: 'full', quorum: 1 });
  const sites = [newSite(pruned, 'current'), newSite(empty, 'lagging')];
  const line = { newest: target, highest: 3, blocked: [], diverged: new Set<string>() };
  const mended = { ...UNDECIDED, outcome: 'unchanged' as const, plan, packed: [], sites, line, target };
  await copyDocuments(mended, { mends: new Map() });
  expect(await generationsIn(empty)).toEqual([3, 2]);
});
