/** What clusters see before and after a release: the files of every artifact whose content changes. */
import { asSlipwayError, type Code, SlipwayError } from '../errors.ts';
import type { Digest, Entry, SourceFile } from '../model.ts';
import { filesOf } from './fetch.ts';
import { orNothing } from './known.ts';
import type { Decided } from './release.ts';
import { type Supply, supplyOf } from './supply.ts';

const AT_ONCE = 8;

/** Both sides of one artifact; undefined where it is not there. */
export interface ContentPair {
  readonly name: string;
  readonly before: readonly SourceFile[] | undefined;
  readonly after: readonly SourceFile[] | undefined;
}

/** Both sides of a release, as far as they differ. */
export interface Contents {
  /** Artifacts that change, read when they are asked for: a fleet's content need not fit in memory. */
  readonly changed: AsyncIterable<ContentPair>;
  /** Artifacts that stay as they are, by how many objects they have. */
  readonly unchanged: readonly { readonly name: string; readonly objects: number }[];
  /** Once all are read: artifacts of which no store has the content any more, so that nobody can tell what changes. */
  readonly lost: () => readonly string[];
  /** Names of artifacts that the config listed until now. */
  readonly orphaned: readonly string[];
}

interface Change {
  readonly name: string;
  readonly old: Entry | undefined;
  readonly young: Entry | undefined;
}

/** Where these happen the content may be there all the same, and can be read later. */
const PASSING: ReadonlySet<Code> = new Set<Code>(['NETWORK', 'TLS', 'AUTH', 'DENIED', 'RATE_LIMITED', 'STORE']);

/** Who cannot read now what is there must not take it for lost: then nobody would weigh what changes. */
function unread(name: string, { code, message, hint }: SlipwayError): SlipwayError {
  return new SlipwayError(code, `Cannot tell what changes in artifact "${name}": ${message}`, { hint });
}

interface Reading {
  readonly supply: Supply;
  /** What kept stores from answering, by content. */
  readonly troubles: ReadonlyMap<Digest, SlipwayError>;
  readonly miss: (name: string) => void;
}

function readingOf(decided: Decided, miss: Reading['miss']): Reading {
  const troubles = new Map<Digest, SlipwayError>();
  const supply = supplyOf(decided, ({ content }, thrown) => {
    const error = asSlipwayError(thrown);
    if (PASSING.has(error.code)) troubles.set(content, error);
  });
  return { supply, troubles, miss };
}

/** The artifacts of both sides, a few at a time. Throws what kept every store from answering. */
async function* readAll(changes: readonly Change[], { supply, troubles, miss }: Reading): AsyncGenerator<ContentPair> {
  // What others made and we adopted may be no archive at all.
  const filesIn = (entry: Entry | undefined): Promise<readonly SourceFile[] | undefined> =>
    orNothing(async () => (entry === undefined ? undefined : filesOf((await supply(entry)).content)));
  for (let from = 0; from < changes.length; from += AT_ONCE) {
    const some = changes.slice(from, from + AT_ONCE);
    const read = some.map(async ({ name, old, young }) => {
      const [before, after] = [await filesIn(old), await filesIn(young)];
      return { name, before, after, old, young };
    });
    for (const { name, before, after, old, young } of await Promise.all(read)) {
      const missing = [before === undefined ? old : undefined, after === undefined ? young : undefined];
      const trouble = missing.flatMap((entry) => (entry && troubles.get(entry.content)) ?? [])[0];
      if (trouble !== undefined) throw unread(name, trouble);
      if (missing.some((entry) => entry !== undefined)) miss(name);
      else yield { name, before, after };
    }
  }
}

async function* nothing(): AsyncGenerator<ContentPair> {}

/** Both sides, from this run's build and from the stores. Nothing where no new record is made. */
export function contents(decided: Decided): Contents {
  const { target, fresh, line, end, lost: isLost } = decided;
  if (target === undefined || !fresh || end !== undefined || isLost === true)
    return { changed: nothing(), unchanged: [], lost: () => [], orphaned: [] };
  const old = new Map((line.newest?.artifacts ?? []).map((entry) => [entry.name, entry]));
  const young = new Map(target.artifacts.map((entry) => [entry.name, entry]));
  const changes = [...new Set([...old.keys(), ...young.keys()])]
    .sort()
    .map((name): Change => ({ name, old: old.get(name), young: young.get(name) }))
    .filter((change) => change.old?.content !== change.young?.content);
  const moving = new Set(changes.map(({ name }) => name));
  const lost: string[] = [];
  // A rollback marks what came later, and brings back what had left: no config took that away.
  const orphaned = target.artifacts.filter(
    ({ name, orphan }) => target.kind === 'publish' && orphan && old.get(name)?.orphan !== true,
  );
  return {
    changed: readAll(
      changes,
      readingOf(decided, (name) => lost.push(name)),
    ),
    unchanged: target.artifacts
      .filter(({ name }) => !moving.has(name))
      .map(({ name, resources }) => ({ name, objects: resources })),
    lost: () => lost,
    orphaned: orphaned.map(({ name }) => name),
  };
}
