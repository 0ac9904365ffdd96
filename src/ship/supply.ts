/** Where the bytes of an entry come from: this run's build, else a store that lends, else any that still has them. */
import { SlipwayError } from '../errors.ts';
import type { Descriptor, Entry } from '../model.ts';
import { orNothing } from './known.ts';
import { MANIFEST_TYPE } from './manifest.ts';
import { type Compared, type Decided, reachable } from './release.ts';
import type { Goods, Store } from './store.ts';

export type Supply = (entry: Entry) => Promise<Goods>;

/** All stores that can be asked. Those that lend come first: what they are there for, the stores of the channel do not have yet. */
export function lending({ plan, sites }: Pick<Compared, 'plan' | 'sites'>): readonly Store[] {
  return [...(plan.lenders ?? []), ...reachable(sites).map(({ store }) => store)];
}

/**
 * A supply for one round. Throws `NOT_FOUND` when neither the build nor any reachable store has the bytes.
 * Nothing fetched is kept: a fleet's content need not fit in memory. What keeps a store from answering is told to `failed`.
 */
export function supplyOf(decided: Decided, failed?: (entry: Entry, thrown: unknown) => void): Supply {
  const built = new Map(decided.packed.map((packed) => [packed.content.digest, packed.bytes]));
  return async (entry) => {
    const content = built.get(entry.content);
    const manifest = decided.manifests.get(entry.manifest);
    if (content !== undefined && manifest !== undefined) return { entry, manifest, content };
    // Stores are asked for the manifest alone: its content was built.
    if (content !== undefined) return { entry, manifest: await manifestOf(decided, entry), content };
    const origin = decided.origins.get(entry.manifest);
    for (const store of lending(decided)) {
      // The same manifest may lie under another artifact's repository. One store's damage must not keep another from healing.
      const goods = await orNothing(async () => {
        try {
          return (await store.shelf.get(entry)) ?? (origin && (await store.shelf.get(origin)));
        } catch (thrown) {
          failed?.(entry, thrown);
          throw thrown;
        }
      });
      if (goods !== undefined) return { ...goods, entry };
    }
    throw nobodyHas(entry);
  };
}

/** The manifest of an entry as proofs name it, with its size. Throws `NOT_FOUND` when nobody has it. */
export async function describeManifest(decided: Decided, entry: Entry): Promise<Descriptor> {
  const { length: size } = await manifestOf(decided, entry);
  return { mediaType: MANIFEST_TYPE, digest: entry.manifest, size };
}

/** This run's manifest, else the one in any store. */
async function manifestOf(decided: Decided, entry: Entry): Promise<Uint8Array> {
  const own = decided.manifests.get(entry.manifest);
  if (own !== undefined) return own;
  const origin = decided.origins.get(entry.manifest);
  for (const store of lending(decided)) {
    const bytes = await orNothing(
      async () => (await store.shelf.manifest(entry)) ?? (origin && (await store.shelf.manifest(origin))),
    );
    if (bytes !== undefined) return bytes;
  }
  throw nobodyHas(entry);
}

/** What is lost everywhere is told as. */
export function nobodyHas({ name, content }: Entry): SlipwayError {
  return new SlipwayError('NOT_FOUND', `No store holds artifact "${name}" (${content}) whole`, {
    hint: 'check out the commit that published it and publish again',
  });
}
