/** Which of the stores answer, and which channels they have. */
import { asSlipwayError, type SlipwayError } from '../errors.ts';
import { atStore, newSite, type Site } from '../ship/release.ts';
import type { Store } from '../ship/store.ts';
import type { Live } from './open.ts';

/** The stores as they answered. */
export interface Reached {
  /** Who could not be asked is not waited for again. */
  readonly live: Live;
  readonly channels: ReadonlySet<string>;
  /** Why stores do not answer, by their names. */
  readonly failed: ReadonlyMap<string, SlipwayError>;
  readonly sites: readonly Site[];
}

/** A store that answers nothing but why it does not. */
const broken = (store: Store, error: SlipwayError): Store => ({
  ...store,
  open: async () => {
    throw error;
  },
});

/** Asks every store which channels it has. Throws the first error where none answers. */
export async function reach(live: Live): Promise<Reached> {
  const channels = new Set<string>();
  const failed = new Map<string, SlipwayError>();
  await Promise.all(
    [...live.stores].map(async ([name, store]) => {
      try {
        await store.open();
        for (const channel of await store.ledger.channels()) channels.add(channel);
      } catch (thrown) {
        const error = asSlipwayError(thrown);
        if (error.code === 'INTERRUPTED' || error.code === 'INTERNAL' || error.code === 'CONFIG') throw error;
        failed.set(name, error);
      }
    }),
  );
  const [first] = failed;
  if (first !== undefined && failed.size === live.stores.size) throw atStore(...first);
  const stores = [...live.stores].map(([name, store]): readonly [string, Store] => {
    const error = failed.get(name);
    return [name, error === undefined ? store : broken(store, error)];
  });
  const sites = stores.map(([name, store]) => newSite(store, failed.has(name) ? 'failed' : 'current'));
  return { live: { ...live, stores: new Map(stores) }, channels, failed, sites };
}
