/** Which artifacts of two sides are compared with one another. */
import { didYouMean } from '../config/suggest.ts';
import { usage } from '../config/usage.ts';
import type { Side } from './sides.ts';

/** Names of the artifacts to take of each side. Those of one name are compared, and two single ones in any case. */
export interface Chosen {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly notes: readonly string[];
}

/** Chooses by `--artifact`, and by what single artifacts have in common. Throws `USAGE` for what cannot be compared. */
export function chosenOf(before: Side, after: Side, asked: readonly string[]): Chosen {
  const known = [...new Set([...before.names, ...after.names])];
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw usage(`Cannot select artifact "${unknown}": neither side has it`, didYouMean(unknown, known));
  }
  const notes: string[] = [];
  const [old, young] = [namesOf(before, after, asked, notes), namesOf(after, before, asked, notes)];
  if (!before.one && !after.one) return { before: old, after: young, notes };
  const common = old.find((name) => young.includes(name));
  if (common !== undefined) return { before: [common], after: [common], notes };
  return { before: [theOnly(before, old, after)], after: [theOnly(after, young, before)], notes };
}

/** A publish keeps what left the config, and so it is no difference to a checkout. */
function namesOf(side: Side, other: Side, asked: readonly string[], notes: string[]): readonly string[] {
  const isLeftOut = (name: string): boolean =>
    other.about.kind === 'sources' &&
    !asked.includes(name) &&
    side.orphans.includes(name) &&
    !other.names.includes(name);
  const left = side.names.filter(isLeftOut);
  if (left.length > 0 && !other.one) {
    const names = left.map((name) => `"${name}"`).join(', ');
    notes.push(`orphans of channel "${side.about.name}" are left out, a publish keeps them: ${names}`);
  }
  const wanted = side.names.filter((name) => !isLeftOut(name) && (asked.length === 0 || asked.includes(name)));
  // What the only artifact of a side is called is nobody's choice.
  return wanted.length === 0 && side.one ? side.names : wanted;
}

function theOnly(side: Side, names: readonly string[], other: Side): string {
  const [only] = names;
  if (only !== undefined && (side.one || names.length === 1)) return only;
  throw usage(
    `Cannot compare "${other.about.name}", which is one artifact, with ${names.length} artifacts of "${side.about.name}"`,
    `choose one of them with --artifact NAME, none is called "${other.names.join('", "')}"`,
  );
}
