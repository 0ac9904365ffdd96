/** The sides of a difference: where their artifacts are, and how these are read when somebody wants to. */
import { basename } from 'node:path';
import { bucketName } from '../config/bucket-name.ts';
import type { PullSource } from '../config/reference.ts';
import type { SideSettings } from '../config/resolve-diff.ts';
import { SlipwayError } from '../errors.ts';
import type { DifferenceSide, Digest, Entry, SourceFile } from '../model.ts';
import { openFetch } from '../open-fetch.ts';
import { openSources } from '../open-sources.ts';
import { draw, fetchPublished } from '../pipeline.ts';
import { type RunContext, readYaml } from '../plan.ts';
import { filesOf } from '../ship/fetch.ts';
import type { Store } from '../ship/store.ts';
import type { Live } from './open.ts';
import { type FoundRelease, findRelease } from './sides-release.ts';

/** An artifact of a side. */
export interface SideArtifact {
  readonly name: string;
  /** Where it is known before the artifact is read. */
  readonly content?: Digest;
  /** How many objects it has. */
  readonly objects: number;
  readonly read: () => Promise<readonly SourceFile[]>;
}

/** A side, of which no content has been read or rendered yet. */
export interface Side {
  readonly about: DifferenceSide;
  /** Of its artifacts. Where it is `one`: all names that this is known by. */
  readonly names: readonly string[];
  /** It is a single artifact, to be compared with one whatever that is called. */
  readonly one: boolean;
  /** Those of its artifacts that have left the config: only a publish keeps them. */
  readonly orphans: readonly string[];
  readonly notes: readonly string[];
  /** Its artifacts of these names. */
  readonly take: (names: readonly string[]) => Promise<readonly SideArtifact[]>;
}

/** Opens a side. Throws what keeps it from being looked at: usage, sources or store errors. */
export async function openSide(side: SideSettings, live: Live | undefined, context: RunContext): Promise<Side> {
  if (side.kind === 'sources') return sources(side, context);
  if (side.kind === 'published') return published(side, context);
  if (live === undefined) throw new SlipwayError('INTERNAL', `Side "${side.text}" needs stores`);
  return releaseSide(
    await findRelease(live, side.name).catch((thrown: unknown) => Promise.reject(orPath(thrown, side))),
  );
}

/** A folder that is named like a channel has to be told from one. */
function orPath(thrown: unknown, { text, isPath }: Extract<SideSettings, { readonly kind: 'release' }>): unknown {
  if (!isPath || !(thrown instanceof SlipwayError) || thrown.code !== 'NOT_FOUND') return thrown;
  return new SlipwayError('NOT_FOUND', thrown.message, {
    hint: `write ./${text} for the folder or file`,
    cause: thrown,
  });
}

function releaseSide({ about, entries, stores, notes }: FoundRelease): Side {
  return {
    ...{ about, notes },
    names: entries.map(({ name }) => name),
    one: about.kind === 'digest',
    orphans: entries.filter(({ orphan }) => orphan === true).map(({ name }) => name),
    async take(names) {
      return entries
        .filter(({ name }) => names.includes(name))
        .map((entry) => ({
          name: entry.name,
          content: entry.content,
          objects: entry.resources,
          read: () => readEntry(entry, stores),
        }));
    },
  };
}

/** The entry's files from the first store that has them whole. Throws `NOT_FOUND` where none has, with what the stores said. */
async function readEntry(entry: Entry, stores: readonly Store[]): Promise<readonly SourceFile[]> {
  const errors: SlipwayError[] = [];
  for (const { name, shelf } of stores) {
    try {
      const content = await shelf.content(entry);
      if (content !== undefined) return filesOf(content);
    } catch (thrown) {
      if (!(thrown instanceof SlipwayError) || thrown.code === 'INTERRUPTED') throw thrown;
      errors.push(new SlipwayError(thrown.code, `Store "${name}": ${thrown.message}`, { hint: thrown.hint }));
    }
  }
  const [error] = errors;
  // Where a store does not answer nobody knows what it has.
  if (error !== undefined && errors.length === stores.length) throw error;
  throw new SlipwayError('NOT_FOUND', `No store has artifact "${entry.name}" (${entry.content}) whole`, {
    hint: 'slipway heal tells what each store lost; check out the commit that published it and publish again',
    cause: error,
  });
}

async function published(
  { text, from }: Extract<SideSettings, { readonly kind: 'published' }>,
  context: RunContext,
): Promise<Side> {
  const name = nameOf(from);
  return {
    ...{ about: { kind: 'reference', name: text }, names: [name], one: true, orphans: [], notes: [] },
    async take() {
      const plan = await openFetch({ reference: text, from }, context);
      const { files, resources } = await fetchPublished(plan);
      return [{ name, objects: resources, read: async () => files }];
    },
  };
}

/** What is published at a reference, by the name that it has there. */
function nameOf(from: PullSource): string {
  if (from.kind === 'repository') return basename(from.repository);
  const path = from.kind === 'object' ? from.key : from.path;
  return bucketName(path)?.place ?? basename(path).replace(/\.(?:ya?ml|tgz|tar\.gz)$/, '');
}

async function sources(
  { text, build, listed }: Extract<SideSettings, { readonly kind: 'sources' }>,
  context: RunContext,
): Promise<Side> {
  return {
    about: { kind: 'sources', name: text },
    names: build.artifacts.map(({ name }) => name),
    ...{ one: !listed, orphans: [], notes: [] },
    async take(names) {
      const artifacts = build.artifacts.filter(({ name }) => names.includes(name));
      const drawn = await draw(openSources({ artifacts }, context, { read: readYaml, twice: false }));
      return drawn.map(({ name, content, files, resources }) => ({
        ...{ name, content, objects: resources },
        read: async () => files,
      }));
    },
  };
}
