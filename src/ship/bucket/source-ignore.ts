/** `.sourceignore` at a bucket's root, which Flux obeys for every Bucket, whatever its prefix. */
import { decodeIgnoreFile, type IgnoreRule, matchesRule, parseIgnoreFile } from '../../archive/ignore.ts';
import { SlipwayError } from '../../errors.ts';
import type { Objects } from '../ports.ts';

const KEY = '.sourceignore';

/** What readers have to find, by full key. Keys below `folders`, which end with a slash, are not known one by one. */
export interface Shown {
  readonly keys: readonly string[];
  readonly folders: readonly string[];
}

/** A rule that hides, or may hide, what a store shows. `line` counts from 1. */
export interface HidingRule {
  readonly line: number;
  readonly text: string;
}

type Line = HidingRule & { readonly rule: IgnoreRule };

/** The rules of a bucket, empty where it has none. `root` is the whole bucket. Throws what reading them throws. */
export async function rulesAt(root: Objects): Promise<readonly Line[]> {
  // Listed first: where it is missing, nobody needs the right to read outside of the prefix.
  const { objects } = await root.list(KEY, { limit: 1 });
  const [found] = objects;
  if (found?.key !== KEY || found.size === 0) return [];
  const file = await root.get(KEY).catch((thrown: unknown) => {
    throw thrown instanceof SlipwayError && thrown.code === 'DENIED' ? new UnreadRules(thrown) : thrown;
  });
  return linesOf(decodeIgnoreFile(file?.bytes ?? new Uint8Array()));
}

/** There are rules, and these credentials may not read them. */
export class UnreadRules extends SlipwayError {
  constructor(cause: SlipwayError) {
    super('DENIED', cause.message, { cause, hint: `allow s3:GetObject on "${KEY}" at the bucket's root` });
  }
}

function linesOf(text: string): readonly Line[] {
  return text.split('\n').flatMap((line, index) => {
    return parseIgnoreFile(line, '').map((rule) => ({ line: index + 1, text: line.replace(/\r$/, ''), rule }));
  });
}

/** The first rule by which Flux loses something of what is shown; undefined when there is none. The last one about a key counts. */
export function hidingRule(rules: readonly Line[], { keys, folders }: Shown): HidingRule | undefined {
  const hidden = (loses: (rule: IgnoreRule) => boolean, gains: (rule: IgnoreRule) => boolean): readonly Line[] => {
    const last = rules.findLast(({ rule }) => (rule.includes ? gains(rule) : loses(rule)));
    return last === undefined || last.rule.includes ? [] : [last];
  };
  const found = [
    ...keys.flatMap((key) => {
      const about = (rule: IgnoreRule): boolean => matchesRule(rule, key.split('/'), false);
      return hidden(about, about);
    }),
    ...folders.flatMap((folder) => {
      const names = folder.split('/').slice(0, -1);
      return hidden(
        (rule) => mayMatchBelow(rule, names),
        (rule) => matchesRule(rule, [...names, UNLIKELY, UNLIKELY], false),
      );
    }),
  ];
  return found.sort((a, b) => a.line - b.line)[0];
}

/** No rule that is about some names only is about this one. */
const UNLIKELY = '\u0000';

/** Whether a rule may be about a key below the folder, whatever that is called. */
function mayMatchBelow({ segments }: IgnoreRule, names: readonly string[]): boolean {
  // Without a slash it is about every segment of a key, the unknown ones too.
  if (segments.length === 1) return true;
  const wanted = segments.filter((segment) => segment !== 'empty');
  for (const [i, segment] of wanted.entries()) {
    const name = names[i];
    if (segment === 'many' || name === undefined) return true;
    if (typeof segment === 'function' && !segment(name)) return false;
  }
  return true;
}

/** The refusal of a bucket where a rule keeps from Flux what is published. */
export function hides({ line, text }: HidingRule): SlipwayError {
  const message = `Cannot publish to this bucket: "${text}", line ${line} of "${KEY}" at its root, may hide from Flux what is published`;
  return new SlipwayError('REFUSED', message, {
    hint: `remove that line, or "${KEY}": it holds for every Bucket that reads there`,
  });
}
