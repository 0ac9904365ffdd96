/** The bucket that a bundle is: the same layout of keys as everywhere, without names. */
import type { ProofForms } from '../../model.ts';
import { bucketStore } from '../bucket/store.ts';
import type { Objects } from '../ports.ts';
import type { Store } from '../store.ts';

/** The name of a bundle in messages. */
const BUNDLE_STORE = 'bundle';

/** A store over what is in a bundle. `shown` is where the file lies, as the user wrote it. */
export function bundleStore(
  objects: Objects,
  { project, shown, forms }: { readonly project: string; readonly shown: string; readonly forms: ProofForms },
): Store {
  return bucketStore({
    ...{ name: BUNDLE_STORE, url: shown, project, forms, objects },
    ...{ layout: undefined, keyPrefix: '', referenceTo: (key) => key },
  });
}
