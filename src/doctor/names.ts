/** Names that the config lists: whether anything stands there, or beside them, that a publish would refuse. */
import { eachLimit } from '../concurrency.ts';
import { viewOfBytes } from '../digest.ts';
import type { Entry, HealthLine } from '../model.ts';
import { foreignError, foreignNames } from '../ship/compare.ts';
import type { Site } from '../ship/release.ts';
import type { NameSpace } from '../ship/store.ts';
import { problem, told } from './lines.ts';

/** An artifact of the config. `rendered`: it becomes one file of objects. */
export interface ListedArtifact {
  readonly name: string;
  readonly rendered: boolean;
}

const AT_ONCE = 4;

/** Names are looked up by artifact; what was never published has no entry yet. */
function entryOf({ name, rendered }: ListedArtifact): Entry {
  const view = viewOfBytes(Buffer.from(''));
  const views = { tarball: view, ...(rendered && { object: view }) };
  return { name, content: view.digest, manifest: view.digest, size: 0, views, resources: 0, proofs: [], since: 0 };
}

/** A problem for each store in which a name of the channel is somebody else's. `published` are the entries of its newest record. */
export async function nameLines(
  sites: readonly Site[],
  channel: string,
  { published, listed }: { readonly published: readonly Entry[]; readonly listed: readonly ListedArtifact[] },
): Promise<readonly (readonly [string, HealthLine])[]> {
  const known = new Set(published.map(({ name }) => name));
  const entries = [...published, ...listed.filter(({ name }) => !known.has(name)).map(entryOf)];
  const space: NameSpace = { kind: 'channel', channel };
  const lines = await eachLimit(sites, AT_ONCE, async (site): Promise<readonly (readonly [string, HealthLine])[]> => {
    const { name, names } = site.store;
    try {
      const held = await names.held(space, entries);
      const others = sites.filter((other) => other !== site);
      const foreign = await foreignNames([{ ...site, held }, ...others], entries, channel);
      const [first] = foreign;
      return first === undefined ? [] : [[name, problem('channel', foreignError(first, space, foreign.length - 1))]];
    } catch (thrown) {
      return [[name, problem('channel', told(thrown))]];
    }
  });
  return lines.flat();
}
