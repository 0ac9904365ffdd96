import type { ProofForms } from '../../model.ts';
import type { Repositories } from '../ports.ts';
import type { Store } from '../store.ts';
import { registryHoldings } from './holdings.ts';
import { registryLedger } from './ledger.ts';
import { registryNames } from './names.ts';
import { registryProofs, type SeenManifests } from './proofs.ts';
import { type RepositoryOf, registryShelf } from './shelf.ts';

/** What makes a store out of repositories. `repository` may hold `{artifact}`; without it, it has one artifact. */
export interface RegistryStoreOptions {
  readonly name: string;
  readonly url: string;
  readonly repository: string;
  /** What a reference begins with, before the repository: `oci://host/` or `file:DIR/`. */
  readonly referencePrefix: string;
  readonly project: string;
  readonly repositories: Repositories;
  readonly forms: ProofForms;
}

/** A registry, or image layouts on disk, as a store. */
export function registryStore(options: RegistryStoreOptions): Store {
  const { repositories, forms } = options;
  const repositoryOf: RepositoryOf = (artifact) => options.repository.replaceAll('{artifact}', artifact);
  const remembering = (): Pick<Store, 'shelf' | 'proofs'> => {
    const seen: SeenManifests = new Map();
    return {
      shelf: registryShelf(repositories, repositoryOf, { seen, registry: options.referencePrefix }),
      proofs: registryProofs(repositories, { repositoryOf, forms, seen }),
    };
  };
  const store: Store = {
    name: options.name,
    url: options.url,
    lock: repositories.lock,
    async open() {},
    async begin() {},
    cautions: () => [],
    ledger: registryLedger(repositories, repositoryOf('releases'), options.project),
    ...remembering(),
    names: registryNames(repositories, repositoryOf, options.referencePrefix),
    holdings: registryHoldings({ repositories, repositoryOf, forms }, () => ({ ...store, ...remembering() })),
  };
  return store;
}
