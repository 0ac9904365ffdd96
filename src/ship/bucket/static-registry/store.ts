import type { ProofForms } from '../../../model.ts';
import type { Objects } from '../../ports.ts';
import { registryStore } from '../../registry/store.ts';
import type { Store } from '../../store.ts';
import { bucketCapability, type CapabilityOptions } from '../capability.ts';
import { groundsOfRegistry } from '../grounds.ts';
import { notesIn, scratchIn } from '../holdings.ts';
import { nameWriter } from '../name-writer.ts';
import { staticRegistry } from '../static-registry.ts';
import { listsOf } from './lists.ts';
import { staticNames } from './names.ts';

/** What makes a store out of a bucket that is a registry. */
export interface RegistryBucketOptions extends Omit<CapabilityOptions, 'grounds' | 'root'> {
  readonly name: string;
  readonly url: string;
  readonly project: string;
  /** The whole bucket: clients see its keys at the root of a host. The store's prefix is what its repositories begin with. */
  readonly root: Objects;
  /** What a reference begins with, before the repository: `s3://bucket/`. */
  readonly referencePrefix: string;
  /** What a reference ends with: `?layout=registry&…`. */
  readonly referenceQuery: string;
  readonly forms: ProofForms;
}

/** A bucket that anybody reads as a registry, as a store. */
export function registryBucketStore(options: RegistryBucketOptions): Store {
  const { name, url, project, keyPrefix, forms, referencePrefix } = options;
  const { root: whole, ...bucket } = options;
  const home = `v2/${keyPrefix}`;
  const capability = bucketCapability({ ...bucket, grounds: groundsOfRegistry(whole, keyPrefix) });
  const [objects, below] = [capability.guarded(whole), capability.guarded(options.objects)];
  const place = { objects, matches: () => capability.matches() };
  const [lists, tags] = [listsOf(place), nameWriter(objects, place.matches)];
  const repositories = staticRegistry(objects, { lock: () => capability.lock(), lists, tags });
  const repository = `${keyPrefix}{artifact}`;
  const common = { name, url, project, repository, referencePrefix, forms };
  const store = registryStore({ ...common, repositories });
  const repositoryOf = (artifact: string): string => `${keyPrefix}${artifact}`;
  const made: Store = {
    ...store,
    get lock() {
      return capability.lock();
    },
    open: () => capability.open(),
    begin: () => capability.begin(),
    cautions: () => capability.cautions(),
    names: staticNames(store.names, { ...place, lists, tags, repositoryOf, home, query: options.referenceQuery }),
    holdings: {
      ...store.holdings,
      notes: notesIn(below),
      list: async (artifacts) => [...(await store.holdings.list(artifacts)), ...(await scratchIn(below))],
      afresh() {
        const afresh = staticRegistry(objects, { lock: () => capability.lock(), lists: listsOf(place) });
        const { shelf, proofs } = registryStore({ ...common, repositories: afresh });
        return { ...made, shelf, proofs };
      },
    },
  };
  return made;
}
