/** `slipway diff`: two sides, of which only what differs is read. */
import { eachLimit } from '../concurrency.ts';
import type { DiffSettings } from '../config/resolve-diff.ts';
import { throwIfInterrupted } from '../errors.ts';
import type { Difference, DifferenceDocument, DifferenceSides, Digest, SourceFile } from '../model.ts';
import { type RunContext, readYaml } from '../plan.ts';
import { documentOf } from '../ship/receipt.ts';
import { compareSides } from '../watch/diff/difference.ts';
import { inOneForm } from '../watch/diff/forms.ts';
import type { ArtifactFiles } from '../watch/diff/read.ts';
import { openLive } from './open.ts';
import { openSide, type SideArtifact } from './sides.ts';
import { chosenOf } from './sides-pair.ts';

/** How many artifacts are read at once. */
const AT_ONCE = 8;

/** What two sides differ in. */
export interface Compared {
  readonly sides: DifferenceSides;
  readonly difference: Difference;
  /** What the answer leaves open, as sentences. */
  readonly notes: readonly string[];
}

/** Compares two sides. Throws what keeps it from looking at them: `USAGE`, what rendering throws, and the store errors. */
export async function diffSides(settings: DiffSettings, context: RunContext): Promise<Compared> {
  const live = settings.live && (await openLive(settings.live, context));
  const before = await openSide(settings.before, live, context);
  const after = await openSide(settings.after, live, context);
  const chosen = chosenOf(before, after, settings.artifacts);
  const young = await after.take(chosen.after);
  const [renamed] = before.one || after.one ? young : [];
  const old = (await before.take(chosen.before)).map((one) => (renamed ? { ...one, name: renamed.name } : one));
  const { unchanged, ...differing } = apart(old, young);
  const files = inOneForm(await readAll(differing, context));
  const { difference } = compareSides({ ...files, unchanged, read: readYaml, values: settings.values });
  return {
    difference,
    sides: { before: before.about, after: after.about },
    notes: [...new Set([...before.notes, ...after.notes, ...chosen.notes])],
  };
}

/** The same as data. */
export async function diffDocument(settings: DiffSettings, context: RunContext): Promise<DifferenceDocument> {
  const { difference, sides } = await diffSides(settings, context);
  return { ...documentOf(difference), sides };
}

interface Taken {
  readonly before: readonly SideArtifact[];
  readonly after: readonly SideArtifact[];
}

/** What has the same content on both sides need not be read. */
function apart(
  before: readonly SideArtifact[],
  after: readonly SideArtifact[],
): Taken & { readonly unchanged: readonly SideArtifact[] } {
  const old = new Map(before.map(({ name, content }) => [name, content]));
  const same = after.filter(({ name, content }) => content !== undefined && old.get(name) === content);
  const names = new Set(same.map(({ name }) => name));
  const differing = ({ name }: SideArtifact): boolean => !names.has(name);
  return { before: before.filter(differing), after: after.filter(differing), unchanged: same };
}

interface Read {
  readonly before: readonly ArtifactFiles[];
  readonly after: readonly ArtifactFiles[];
}

/** Reads everything that is left, the same content once. */
async function readAll({ before, after }: Taken, { signal, progress }: RunContext): Promise<Read> {
  const known = new Map<Digest, Promise<readonly SourceFile[]>>();
  const total = before.length + after.length;
  let done = 0;
  const side = (artifacts: readonly SideArtifact[]): Promise<readonly ArtifactFiles[]> =>
    eachLimit(artifacts, AT_ONCE, async ({ name, content, read }) => {
      throwIfInterrupted(signal);
      const reading = (content && known.get(content)) ?? read();
      if (content !== undefined) known.set(content, reading);
      const files = await reading;
      done += 1;
      progress?.({ stage: 'compare', done, total });
      return { name, files };
    });
  return { before: await side(before), after: await side(after) };
}
