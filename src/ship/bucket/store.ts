import { SlipwayError } from '../../errors.ts';
import type { ProofForms } from '../../model.ts';
import { encode } from '../document.ts';
import type { Objects } from '../ports.ts';
import type { Store } from '../store.ts';
import type { LayoutName } from './layouts.ts';
import { bucketLedger } from './ledger.ts';
import { bucketNames } from './names.ts';
import { bucketProofs } from './proofs.ts';
import { bucketShelf } from './shelf.ts';

/** What makes a store out of objects. */
export interface BucketStoreOptions {
  readonly name: string;
  readonly url: string;
  readonly project: string;
  readonly layout: LayoutName | undefined;
  /** The store's prefix inside the bucket as readers see it: empty or ending with a slash. */
  readonly keyPrefix: string;
  readonly referenceTo: (key: string) => string;
  readonly objects: Objects;
  readonly forms: ProofForms;
}

const FORMAT = 1;
const MARKER = 'slipway.json';

/** Whether the marker is there; throws `CORRUPT` or `STORE` when it is not one that this version understands. */
async function readMarker(objects: Objects): Promise<boolean> {
  const found = await objects.get(MARKER);
  if (found === undefined) return false;
  let format: unknown;
  try {
    format = (JSON.parse(Buffer.from(found.bytes).toString('utf8')) as { readonly format?: unknown }).format;
  } catch (cause) {
    const hint = 'choose another prefix, or move the foreign file away';
    throw new SlipwayError('CORRUPT', `Cannot read "${MARKER}": it is not JSON`, { hint, cause });
  }
  if (typeof format === 'number' && format <= FORMAT) return true;
  throw new SlipwayError('STORE', `Cannot use this store: its format is "${String(format)}", newer than "${FORMAT}"`, {
    hint: 'a newer slipway made it; upgrade this one',
  });
}

/** A bucket, or a directory that plays one, as a store. */
export function bucketStore(options: BucketStoreOptions): Store {
  const { objects, layout } = options;
  const shelf = bucketShelf(objects, layout);
  let marked = false;
  return {
    name: options.name,
    url: options.url,
    lock: 'cas',
    async open() {
      marked = await readMarker(objects);
    },
    async begin() {
      if (marked) return;
      await objects.put(MARKER, encode({ format: FORMAT }), { contentType: 'application/json', create: true });
      marked = true;
    },
    ledger: bucketLedger(objects, options.project),
    shelf,
    proofs: bucketProofs(objects, options.forms),
    names: bucketNames(objects, { layout, keyPrefix: options.keyPrefix, referenceTo: options.referenceTo, shelf }),
  };
}
