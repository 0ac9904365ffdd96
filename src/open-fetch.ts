/** Wiring of what reads one published artifact: `pull`, and what others are compared with. */
import { bucketName } from './config/bucket-name.ts';
import type { PullSettings } from './config/reference.ts';
import type { PublishedSettings } from './config/resolve-check.ts';
import { openCheck } from './open-check.ts';
import { openObjects, openRepositories } from './open-store.ts';
import { type FetchPlan, type PublishedPlan, type PullPlan, type RunContext, readYaml, storeContext } from './plan.ts';
import type { ArtifactSource } from './ship/fetch.ts';
import type { Meter } from './ship/ports.ts';

/** A plan for `pull`. Throws `CONFIG` for a region or CA file that is missing. */
export async function openPull(settings: PullSettings, context: RunContext): Promise<PullPlan> {
  return { source: await openSource(settings, context) };
}

/** A plan for checking what is published. Throws `CONFIG` as `openPull` does, and for CRDs that cannot be read. */
export async function openPublished(settings: PublishedSettings, context: RunContext): Promise<PublishedPlan> {
  const { check } = settings;
  return { ...(await openFetch(settings, context)), check: await openCheck(check, { root: check.root, ...context }) };
}

type Reference = Pick<PullSettings, 'reference' | 'from'>;

/** A plan for reading what is published. Throws `CONFIG` as `openPull` does. */
export async function openFetch(settings: Reference, context: RunContext): Promise<FetchPlan> {
  return { reference: settings.reference, source: await openSource(settings, context), read: readYaml };
}

async function openSource({ reference, from }: Reference, context: RunContext): Promise<ArtifactSource> {
  const opened = storeContext(context);
  const meter: Meter = { reads: 0, writes: 0 };
  if (from.kind === 'repository') {
    const repositories = await openRepositories(from.store, meter, opened);
    const { repository, tag, digest } = from;
    return { kind: 'repository', label: reference, repositories, repository, reference: digest ?? tag ?? 'latest' };
  }
  if (from.kind === 'object') {
    const objects = await openObjects(from.store, meter, opened);
    return { kind: 'object', label: reference, objects, key: from.key };
  }
  const { directory } = await import('./ship/disk/directory.ts');
  const { dirname, basename } = await import('node:path');
  // What a published name leads to lies beside it, in the same store.
  const root = bucketName(from.path)?.prefix;
  const [folder, key] =
    root === undefined ? [dirname(from.path), basename(from.path)] : [root, from.path.slice(root.length)];
  return { kind: 'object', label: reference, objects: directory(folder), key: key.replaceAll('\\', '/') };
}
