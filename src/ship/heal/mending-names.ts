/** Names as heal reads them: by their bytes, and a store's damage told apart from what somebody wrote. */
import { eachLimit } from '../../concurrency.ts';
import type { Digest, Entry } from '../../model.ts';
import type { Ledger, NameSpace, Names, Store } from '../store.ts';
import { IN_FULL, isDamage, type Mends, unlessDamaged } from './damage.ts';

const AT_ONCE = 16;

/** Every entry that a record of this store lists, as far as they can be read. */
async function listedIn(ledger: Ledger, space: NameSpace): Promise<readonly Entry[]> {
  if (space.kind === 'version') return [];
  const { channel } = space;
  const heads = await ledger.heads(channel);
  const records = await eachLimit(heads, AT_ONCE, (head) => unlessDamaged(() => ledger.read(channel, head)));
  return records.flatMap((record) => record?.artifacts ?? []);
}

const keyOf = (space: NameSpace, name: string): string => `${JSON.stringify(space)} ${name}`;

/** The names of a store that is being healed. */
export function mendingNames({ names, ledger }: Pick<Store, 'names' | 'ledger'>, mends: Mends): Names {
  const damaged = new Set<string>();

  /** What is damaged counts as absent: whoever misses it writes it. */
  async function heldOf(
    space: NameSpace,
    entries: readonly Entry[],
    options?: { readonly inFull: boolean },
  ): Promise<ReadonlyMap<string, Digest>> {
    try {
      return await names.held(space, entries, options);
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
    }
    // One of them is damaged: only one by one shows which.
    const found = new Map<string, Digest>();
    for (const entry of entries) {
      const held = await unlessDamaged(() => names.held(space, [entry], options));
      if (held === undefined) damaged.add(keyOf(space, entry.name));
      for (const [name, digest] of held ?? []) found.set(name, digest);
    }
    return found;
  }

  function isShown(space: NameSpace, entry: Entry, digest: Digest | undefined): boolean {
    if (digest === undefined || !names.canShow(entry)) return false;
    return names.shows(space, entry) === digest || names.isOtherForm(space, entry, digest);
  }

  return {
    ...names,
    async held(space, entries) {
      const found = new Map(await heldOf(space, entries, IN_FULL));
      const suspects = entries.filter(
        (entry) => found.has(entry.name) && !isShown(space, entry, found.get(entry.name)),
      );
      if (suspects.length === 0) return found;
      const listed = await listedIn(ledger, space);
      for (const { name } of suspects) {
        const known = [...entries, ...listed].filter((entry) => entry.name === name);
        if (known.some((entry) => isShown(space, entry, found.get(name)))) continue;
        for (const entry of known) {
          // The listing says that it is what we wrote, and the store gives out other bytes: nobody wrote those.
          if (!isShown(space, entry, (await heldOf(space, [entry])).get(name))) continue;
          damaged.add(keyOf(space, name));
          found.delete(name);
          break;
        }
      }
      return found;
    },
    async move(space, goods, { keep = false } = {}) {
      const { name } = goods.entry;
      const isDamaged = damaged.has(keyOf(space, name));
      const outcome = await names.move(space, goods, { keep, repair: isDamaged && space.kind === 'version' });
      if (outcome === 'moved') (isDamaged ? mends.repaired : mends.completed).add(name);
      return outcome;
    },
  };
}
