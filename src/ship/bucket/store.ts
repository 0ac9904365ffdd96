import type { BucketAccess, ProofForms } from '../../model.ts';
import type { Store } from '../store.ts';
import { bucketCapability, type CapabilityOptions } from './capability.ts';
import { bucketHoldings } from './holdings.ts';
import { accessUnknown, type LayoutName, type Showing } from './layouts.ts';
import { bucketLedger } from './ledger.ts';
import { bucketNames } from './names.ts';
import { bucketProofs } from './proofs.ts';
import { bucketShelf } from './shelf.ts';
import { shownBy } from './shown.ts';

/** What makes a store out of objects. */
export interface BucketStoreOptions extends Omit<CapabilityOptions, 'grounds'> {
  readonly name: string;
  readonly url: string;
  readonly project: string;
  readonly layout: LayoutName | undefined;
  readonly referenceTo: (key: string) => string;
  readonly forms: ProofForms;
  /** How clusters reach the bucket; without it nothing is published as layout `tree`. Throws `CONFIG`. */
  readonly access?: (() => BucketAccess) | undefined;
}

/** A bucket, or a directory that plays one, as a store. */
export function bucketStore(options: BucketStoreOptions): Store {
  const { project, layout, keyPrefix, access = accessUnknown } = options;
  const showing: Showing = { project, layout, keyPrefix, access };
  const capability = bucketCapability(options);
  const objects = capability.guarded(options.objects);
  const shelf = bucketShelf(objects, showing);
  const store: Store = {
    name: options.name,
    url: options.url,
    get lock() {
      return capability.lock();
    },
    open: () => capability.open(),
    begin: (about) => capability.begin(about && shownBy(showing, about)),
    cautions: () => capability.cautions(),
    ledger: bucketLedger(objects, options.project),
    shelf,
    proofs: bucketProofs(objects, options.forms),
    names: bucketNames(objects, {
      ...showing,
      referenceTo: options.referenceTo,
      shelf,
      matches: () => capability.matches(),
      etags: () => capability.etags(),
    }),
    holdings: bucketHoldings(objects, () => ({
      ...store,
      shelf: bucketShelf(objects, showing),
      proofs: bucketProofs(objects, options.forms),
    })),
  };
  return store;
}
