/** `.sourceignore` at a bucket's root, which Flux obeys for every Bucket, whatever its prefix. */
import { SlipwayError } from '../../errors.ts';
import type { Objects } from '../ports.ts';

const KEY = '.sourceignore';

/** A rule that may hide what a store shows. `line` counts from 1. */
export interface HidingRule {
  readonly line: number;
  readonly text: string;
}

/**
 * The first rule that may hide objects below `keyPrefix` from Flux; undefined when there is none. Rules with a path of another
 * folder are none, nor are those that include. `root` is the whole bucket. Throws what reading it throws.
 */
export async function hidingRule(root: Objects, keyPrefix: string): Promise<HidingRule | undefined> {
  // Listed first: where it is missing, nobody needs the right to read outside of the prefix.
  const { objects } = await root.list(KEY, { limit: 1 });
  const [found] = objects;
  if (found?.key !== KEY || found.size === 0) return undefined;
  const text = Buffer.from((await root.get(KEY))?.bytes ?? []).toString('utf8');
  const lines = text.split('\n').map((line, index) => ({ line: index + 1, text: line.replace(/\r$/, '') }));
  return lines.find((rule) => mayHide(rule.text, keyPrefix));
}

/** Blank lines and comments are as Flux has them (fluxcd/pkg `sourceignore`). */
function mayHide(text: string, keyPrefix: string): boolean {
  if (text.startsWith('#') || text.startsWith('!') || /^\p{White_Space}*$/u.test(text)) return false;
  const parts = text.trimEnd().replace(/\/$/, '').split('/');
  // A slash within ties the rule to the root.
  if (parts.length === 1) return true;
  const [first = ''] = parts.filter((part) => part !== '');
  if (!/^[\w.-]+$/.test(first)) return true;
  const [folder = ''] = keyPrefix.split('/');
  return folder === '' ? ['channels', 'content', 'versions'].includes(first) : first === folder;
}

/** Throws `REFUSED` where Flux would not see what is published, see {@link hidingRule}; who may not look there is let pass. */
export async function refuseHidden(root: Objects, keyPrefix: string): Promise<void> {
  const rule = await hidingRule(root, keyPrefix).catch((thrown: unknown) => {
    if (!(thrown instanceof SlipwayError) || thrown.code !== 'DENIED') throw thrown;
    return undefined;
  });
  if (rule === undefined) return;
  throw new SlipwayError(
    'REFUSED',
    `Cannot publish to this bucket: "${rule.text}", line ${rule.line} of "${KEY}" at its root, may hide from Flux what is published`,
    { hint: `remove that line, or "${KEY}": it holds for every Bucket that reads there` },
  );
}
