/** A store as heal sees it: nothing is believed without having been read, and what is damaged can be written again. */
import { asSlipwayError, SlipwayError } from '../../errors.ts';
import type { Entry, ReleaseRecord, VersionClaim } from '../../model.ts';
import type { Head, Ledger, Proofs, Shelf, Store } from '../store.ts';
import { IN_FULL, isDamage, type Mends, unlessDamaged } from './damage.ts';
import { mendingNames } from './mending-names.ts';

/** Creates a document that is not there, or that cannot be read: then it is written over. */
async function createOrRestore(
  document: ReleaseRecord | VersionClaim,
  { ledger, mends }: { readonly ledger: Ledger; readonly mends: Mends },
  create: () => Promise<'created' | 'exists'>,
  read: () => Promise<ReleaseRecord | VersionClaim | undefined>,
): Promise<'created' | 'exists'> {
  if ((await create()) === 'exists') {
    const found = await unlessDamaged(read);
    if (found !== undefined && found.run !== document.run) return 'exists';
    // Trying to create it may have been enough: its bytes come before its name.
    if (found === undefined) await ledger.restore(document);
  }
  mends.documents += 1;
  return 'created';
}

function mendingLedger(ledger: Ledger, mends: Mends): Ledger {
  const at = { ledger, mends };
  async function read(channel: string, head: Head): Promise<ReleaseRecord | undefined> {
    const record = await unlessDamaged(() => ledger.read(channel, head));
    // One that says that it belongs elsewhere was not written here by us.
    return record?.channel === channel && record.generation === head.generation ? record : undefined;
  }
  return {
    ...ledger,
    async head(channel) {
      const newest = await ledger.head(channel);
      if (newest === undefined || (await read(channel, newest)) !== undefined) return newest;
      for (const head of await ledger.heads(channel)) {
        if ((await read(channel, head)) !== undefined) return head;
      }
      return undefined;
    },
    read,
    claim: (version) => unlessDamaged(() => ledger.claim(version)),
    create(record) {
      const { channel, generation } = record;
      return createOrRestore(
        record,
        at,
        () => ledger.create(record),
        () => read(channel, { generation }),
      );
    },
    createClaim: (claim) =>
      createOrRestore(
        claim,
        at,
        () => ledger.createClaim(claim),
        () => ledger.claim(claim.version),
      ),
    async restore(document) {
      await ledger.restore(document);
      mends.documents += 1;
    },
  };
}

const bytesKey = ({ name, manifest, content, views }: Entry): string =>
  `${name} ${manifest} ${content} ${views.object?.digest ?? ''}`;

/** What was read whole once is not read again: channels and versions share most of their content. */
function mendingShelf(shelf: Shelf, mends: Mends, sound: Set<string>): Shelf {
  const damaged = new Set<string>();
  return {
    ...shelf,
    async check(entry) {
      if (sound.has(bytesKey(entry))) return;
      try {
        await shelf.check(entry, IN_FULL);
      } catch (thrown) {
        if (isDamage(thrown)) damaged.add(bytesKey(entry));
        throw thrown;
      }
      sound.add(bytesKey(entry));
    },
    async put(goods) {
      const { entry } = goods;
      const isDamaged = damaged.has(bytesKey(entry));
      // What is only missing is created, never written over: a store may forbid that, and need not allow it here.
      const whole = await unlessDamaged(async () => {
        await shelf.put(goods);
        await shelf.check(entry, IN_FULL);
        return 'whole' as const;
      }).catch((thrown) => {
        if (asSlipwayError(thrown).code !== 'NOT_FOUND') throw thrown;
      });
      if (whole === undefined) await shelf.put(goods, { repair: true });
      else sound.add(bytesKey(entry));
      (isDamaged ? mends.repaired : mends.completed).add(entry.name);
      return 'put';
    },
  };
}

function mendingProofs(proofs: Proofs, mends: Mends): Proofs {
  return {
    ...proofs,
    async attach(entry, goods) {
      await proofs.attach(entry, goods);
      mends.completed.add(entry.name);
      mends.attached.set(bytesKey(entry), entry);
    },
  };
}

/** A mistake in the config of one store keeps no other from being healed. */
function ofOneStore(error: SlipwayError): SlipwayError {
  if (error.code !== 'CONFIG') return error;
  return new SlipwayError('STORE', error.message, { hint: error.hint, cause: error });
}

/** Records are copied last, also where a prune came in between and everything was put again. */
function withMendingLedger(store: Store, mends: Mends): Store {
  return {
    ...store,
    get lock() {
      return store.lock;
    },
    ledger: mendingLedger(store.ledger, mends),
  };
}

/**
 * A store that is being healed, with what is done there. `sound` is what was read whole in it before, and grows. One that was
 * `unreachable` before is not asked again: opening it throws that error.
 */
export function mendingStore(
  store: Store,
  sound: Set<string>,
  unreachable?: SlipwayError,
): { readonly store: Store; readonly mends: Mends } {
  const mends: Mends = {
    completed: new Set(),
    repaired: new Set(),
    documents: 0,
    attached: new Map(),
    dispute: undefined,
    failures: new Map(),
  };
  const mending: Store = {
    ...store,
    get lock() {
      return store.lock;
    },
    async open() {
      if (unreachable !== undefined) throw ofOneStore(unreachable);
      await store.open();
    },
    ledger: mendingLedger(store.ledger, mends),
    shelf: mendingShelf(store.shelf, mends, sound),
    proofs: mendingProofs(store.proofs, mends),
    names: mendingNames(store, mends),
    holdings: { ...store.holdings, afresh: () => withMendingLedger(store.holdings.afresh(), mends) },
  };
  return { store: mending, mends };
}
