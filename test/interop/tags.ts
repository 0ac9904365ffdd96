/** What a registry holds under its tags. */
import { eachLimit } from '../../src/concurrency.ts';
import { INDEX_TYPE, MANIFEST_TYPE } from '../seal/repository.ts';
import type { RunningRegistry } from './servers.ts';

/** Digests by `repository:tag`, told by the registry itself. */
export async function tagsOf(registry: RunningRegistry): Promise<ReadonlyMap<string, string>> {
  const ask = async (path: string): Promise<Response> => {
    const response = await fetch(`${registry.url}/v2/${path}`, {
      headers: { Accept: `${MANIFEST_TYPE}, ${INDEX_TYPE}, */*` },
    });
    if (!response.ok) throw new Error(`GET /v2/${path}: ${response.status}`);
    return response;
  };
  const { repositories } = (await (await ask('_catalog?n=1000')).json()) as { readonly repositories: string[] };
  const found = await eachLimit(repositories, 16, async (repository) => {
    const { tags } = (await (await ask(`${repository}/tags/list`)).json()) as { readonly tags: string[] };
    return eachLimit(tags, 4, async (tag): Promise<[string, string]> => {
      const manifest = await ask(`${repository}/manifests/${tag}`);
      await manifest.body?.cancel();
      return [`${repository}:${tag}`, manifest.headers.get('docker-content-digest') ?? 'none'];
    });
  });
  return new Map(found.flat());
}
