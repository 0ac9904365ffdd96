/** The stores that are verified, each opened once however many references lead there. */
import { isRegistryBucket, objectLayout, type RegistryBucketSpec } from '../config/registry-bucket.ts';
import type { BucketSpec, DirectorySpec, Layout, LayoutSpec, RegistrySpec, StoreSpec } from '../config/settings.ts';
import { openObjects, openRepositories, openStore } from '../open-store.ts';
import { type RunContext, storeContext } from '../plan.ts';
import type { Objects, Repositories } from '../ship/ports.ts';
import { type Blobs, blobsIn } from '../ship/registry/blobs.ts';
import type { Store } from '../ship/store.ts';

/** A store of a config, with what lies below it. */
export type OpenedPlace =
  | {
      readonly kind: 'repositories';
      readonly store: Store;
      readonly repositories: Repositories;
      readonly blobs: Blobs;
      readonly repositoryOf: (artifact: string) => string;
    }
  | {
      readonly kind: 'objects';
      readonly store: Store;
      readonly objects: Objects;
      readonly layout?: Layout | undefined;
    };

/** What has repositories. */
export type RepositoriesSpec = RegistrySpec | LayoutSpec | RegistryBucketSpec;

/** Opens what is asked for; what was opened already is answered again. */
export interface Places {
  /** Every tag is read once: one that moves meanwhile shows the same manifest to the end. */
  repositories(spec: RepositoriesSpec): Promise<Repositories>;
  objects(spec: BucketSpec | DirectorySpec): Promise<Objects>;
  /** Refuses a store of a newer format. */
  store(spec: StoreSpec, project: string): Promise<Store>;
  place(spec: StoreSpec, project: string): Promise<OpenedPlace>;
}

/** Answers again what was answered before, by what tells the questions apart. */
export function once<A extends readonly unknown[], R>(
  keyOf: (...args: A) => string,
  ask: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  const answers = new Map<string, Promise<R>>();
  return (...args) => {
    const key = keyOf(...args);
    const answer = answers.get(key) ?? ask(...args);
    answers.set(key, answer);
    return answer;
  };
}

const steady = (repositories: Repositories): Repositories => ({
  ...repositories,
  getManifest: once(
    (repository, reference) => `${repository} ${reference}`,
    (repository: string, reference: string) => repositories.getManifest(repository, reference),
  ),
});

/** Tells apart what needs a client of its own. */
function clientOf(spec: RepositoriesSpec): string {
  if (spec.kind === 'registry') return `${spec.host} ${spec.insecure} ${spec.ca}`;
  if (spec.kind === 'oci-layout') return spec.root;
  const { name: _, url: __, prefix: ___, ...bucket } = spec;
  return JSON.stringify(bucket);
}

function templateOf(spec: RepositoriesSpec): string {
  if (spec.kind === 's3') return `${spec.prefix}{artifact}`;
  return spec.kind === 'registry' ? spec.repository : '{artifact}';
}

/** The places of a run. */
export function placesOf(run: RunContext): Places {
  const context = storeContext(run);
  const meter = { reads: 0, writes: 0 };
  const repositories = once(clientOf, async (spec: RepositoriesSpec) =>
    steady(await openRepositories(spec, meter, context)),
  );
  const objects = once(JSON.stringify, (spec: BucketSpec | DirectorySpec) => openObjects(spec, meter, context));
  const store = once(
    (spec, project) => JSON.stringify([spec, project]),
    async (spec: StoreSpec, project: string) => {
      const opened = await openStore(spec, { project, dryRun: false, meter }, context);
      await opened.open();
      return opened;
    },
  );
  return {
    repositories,
    objects,
    store,
    async place(spec, project) {
      if (!isRegistryBucket(spec) && (spec.kind === 's3' || spec.kind === 'directory')) {
        const [opened, below] = [await store(spec, project), await objects(spec)];
        return { kind: 'objects', store: opened, objects: below, layout: objectLayout(spec) };
      }
      const template = templateOf(spec);
      const below = await repositories(spec);
      return {
        kind: 'repositories',
        store: await store(spec, project),
        repositories: below,
        blobs: blobsIn(below),
        repositoryOf: (artifact) => template.replaceAll('{artifact}', artifact),
      };
    },
  };
}
