/** What clusters see before and after a release: the files of every artifact whose content changes. */
import { eachLimit } from '../concurrency.ts';
import type { Entry, SourceFile } from '../model.ts';
import { filesOf } from './fetch.ts';
import { orNothing } from './known.ts';
import type { Decided } from './release.ts';
import { supplyOf } from './supply.ts';

const AT_ONCE = 8;

/** An artifact as one side of a difference. */
export interface Content {
  readonly name: string;
  readonly files: readonly SourceFile[];
}

/** Both sides of a release, as far as they differ. */
export interface Contents {
  readonly before: readonly Content[];
  readonly after: readonly Content[];
  /** Artifacts that stay as they are, by how many objects they have. */
  readonly unchanged: readonly { readonly name: string; readonly objects: number }[];
  /** Artifacts of which no store has the content any more, so that nobody can tell what changes. */
  readonly lost: readonly string[];
}

const NOTHING: Contents = { before: [], after: [], unchanged: [], lost: [] };

/** Reads both sides from this run's build and from the stores. Nothing where no new record is made. */
export async function contents(decided: Decided): Promise<Contents> {
  const { target, fresh, line, end, lost } = decided;
  if (target === undefined || !fresh || end !== undefined || lost === true) return NOTHING;
  const supply = supplyOf(decided);
  const old = new Map((line.newest?.artifacts ?? []).map((entry) => [entry.name, entry]));
  const young = new Map(target.artifacts.map((entry) => [entry.name, entry]));
  const isSame = ({ name, content }: Entry): boolean =>
    old.get(name)?.content === young.get(name)?.content && content !== undefined;
  const side = async (
    entries: Iterable<Entry>,
  ): Promise<readonly { readonly name: string; readonly files?: readonly SourceFile[] }[]> =>
    eachLimit(
      [...entries].filter((entry) => !isSame(entry)),
      AT_ONCE,
      async (entry) => {
        const goods = await orNothing(() => supply(entry));
        return { name: entry.name, ...(goods && { files: filesOf(goods.content) }) };
      },
    );
  const [before, after] = [await side(old.values()), await side(young.values())];
  const gone = new Set([...before, ...after].filter(({ files }) => files === undefined).map(({ name }) => name));
  const known = (all: typeof before): readonly Content[] =>
    all.flatMap(({ name, files }) => (files === undefined || gone.has(name) ? [] : [{ name, files }]));
  return {
    before: known(before),
    after: known(after),
    unchanged: target.artifacts.filter(isSame).map(({ name, resources }) => ({ name, objects: resources })),
    lost: [...gone].sort(),
  };
}
