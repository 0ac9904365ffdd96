import type { Repositories } from '../ports.ts';
import type { Store } from '../store.ts';
import { registryLedger } from './ledger.ts';
import { registryNames } from './names.ts';
import { registryShelf } from './shelf.ts';

/** What makes a store out of repositories. `repository` may hold `{artifact}`; without it, it has one artifact. */
export interface RegistryStoreOptions {
  readonly name: string;
  readonly url: string;
  readonly repository: string;
  /** What a reference begins with, before the repository: `oci://host/` or `file:DIR/`. */
  readonly referencePrefix: string;
  readonly project: string;
  readonly repositories: Repositories;
}

/** Repository of an artifact; the artifact `releases` is where `{artifact}` templates keep the records. */
export type RepositoryOf = (artifact: string) => string;

/** A registry, or image layouts on disk, as a store. */
export function registryStore(options: RegistryStoreOptions): Store {
  const { repositories } = options;
  const repositoryOf: RepositoryOf = (artifact) => options.repository.replaceAll('{artifact}', artifact);
  return {
    name: options.name,
    url: options.url,
    lock: repositories.lock,
    async open() {},
    async begin() {},
    ledger: registryLedger(repositories, repositoryOf('releases'), options.project),
    shelf: registryShelf(repositories, repositoryOf),
    names: registryNames(repositories, repositoryOf, options.referencePrefix),
  };
}
