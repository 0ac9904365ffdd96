/** Removing manifests and blobs from a registry (distribution-spec v1.1.1 "Content Management"). */
import { SlipwayError } from '../errors.ts';
import type { Digest } from '../model.ts';
import type { Repositories, StillMay } from '../ship/ports.ts';
import type { HttpResponse } from './http.ts';
import type { RegistryConnection } from './registry.ts';
import { registryPath } from './registry-path.ts';

const DELETED: readonly number[] = [200, 202, 204, 404, 405, 400];

/** Whether a registry says that it deletes nothing: 405 by the specification, 400 `UNSUPPORTED` of distribution 2.8. */
function isSwitchedOff({ status, bytes }: HttpResponse): boolean {
  return status === 405 || (status === 400 && Buffer.from(bytes).toString('utf8').includes('"UNSUPPORTED"'));
}

/** Removes manifests with their tags, as {@link Repositories.deleteManifest} says. `look` reads one by tag. */
export function manifestRemover(
  connection: RegistryConnection,
  look: Repositories['getManifest'],
): Repositories['deleteManifest'] {
  let keepsTags: boolean | undefined;
  return async (repository, digest, tag, still) => {
    await deleteManifest(connection, { repository, reference: digest, still });
    if (tag === undefined) return;
    // By the specification the tag is gone as well; one look tells whether this registry does so.
    keepsTags ??= (await look(repository, tag)) !== undefined;
    if (keepsTags) await deleteManifest(connection, { repository, reference: tag, still });
  };
}

interface Removal {
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
  readonly still: StillMay | undefined;
}

async function sendDelete(
  { session, base }: RegistryConnection,
  { repository, reference, still }: Removal,
  kind: 'manifest' | 'blob',
): Promise<{ readonly response: HttpResponse; readonly task: string; readonly host: string }> {
  const task = `delete ${kind} "${reference}" of "${repository}"`;
  const url = registryPath(base, repository, `${kind}s/${reference}`);
  const need = { repository, access: 'delete' } as const;
  const response = await session.send({ method: 'DELETE', url, task, need, still, expect: DELETED });
  return { response, task, host: url.host };
}

async function deleteManifest(connection: RegistryConnection, removal: Removal): Promise<void> {
  const { response, task, host } = await sendDelete(connection, removal, 'manifest');
  if (response.status !== 400 && response.status !== 405) return;
  const isOff = isSwitchedOff(response);
  const state = isOff ? 'the registry does not delete' : `"${host}" answered ${response.status}`;
  const hint = isOff
    ? 'switch deletion on in the registry (distribution: storage.delete.enabled), or let its own retention rules clean up'
    : "check that the store's URL names the server itself, not a page or proxy in front of it";
  throw new SlipwayError(isOff ? 'DENIED' : 'STORE', `Cannot ${task}: ${state}`, { hint });
}

/** A blob and whether it may still be removed. */
export interface BlobRemoval {
  readonly repository: string;
  readonly digest: Digest;
  readonly still: StillMay | undefined;
}

/** Removes a blob; one that is not there, and a registry that leaves this to its own garbage collection, are no error. */
export async function deleteBlob(
  connection: RegistryConnection,
  { repository, digest, still }: BlobRemoval,
): Promise<void> {
  await sendDelete(connection, { repository, reference: digest, still }, 'blob');
}
