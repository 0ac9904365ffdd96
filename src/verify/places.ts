/** The stores that are verified, each opened once however many references lead there. */
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

/** Opens what is asked for; what was opened already is answered again. */
export interface Places {
  /** Every tag is read once: one that moves meanwhile shows the same manifest to the end. */
  repositories(spec: RegistrySpec | LayoutSpec): Promise<Repositories>;
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

/** The places of a run. */
export function placesOf(run: RunContext): Places {
  const context = storeContext(run);
  const meter = { reads: 0, writes: 0 };
  const repositories = once(
    (spec) => (spec.kind === 'registry' ? `${spec.host} ${spec.insecure} ${spec.ca}` : spec.root),
    async (spec: RegistrySpec | LayoutSpec) => steady(await openRepositories(spec, meter, context)),
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
      if (spec.kind === 's3' || spec.kind === 'directory') {
        const [opened, below] = [await store(spec, project), await objects(spec)];
        return { kind: 'objects', store: opened, objects: below, layout: spec.layout };
      }
      const template = spec.kind === 'registry' ? spec.repository : '{artifact}';
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
