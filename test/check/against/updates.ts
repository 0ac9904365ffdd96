/** Updates, with the verdict of kube-apiserver 1.36: made, then changed by server-side apply. */
import type { Fields } from '../../../src/check/object.ts';

/** One update. `change` maps paths such as `spec.selector` to their new values; undefined removes the field. */
export interface Update {
  readonly what: string;
  readonly before: Fields;
  readonly change: Fields;
  readonly refused: boolean;
  /** Refused, and not found: absent fields may have been filled in. */
  readonly missed?: true;
}

/** An object called web. */
export const object = (apiVersion: string, kind: string, rest: Fields): Fields => ({
  apiVersion,
  kind,
  metadata: { name: kind === 'CustomResourceDefinition' ? 'gadgets.example.com' : 'web' },
  ...rest,
});

/** The server refuses it. */
export const refused = (what: string, before: Fields, change: Fields): Update => ({
  what,
  before,
  change,
  refused: true,
});
/** The server refuses it, and the check does not see it. */
export const missed = (what: string, before: Fields, change: Fields): Update => ({
  ...refused(what, before, change),
  missed: true,
});
/** The server takes it. */
export const taken = (what: string, before: Fields, change: Fields): Update => ({
  what,
  before,
  change,
  refused: false,
});

/** The object after the update. */
export function changed({ before, change }: Update): Fields {
  const after = structuredClone(before) as Record<string, unknown>;
  for (const [path, value] of Object.entries(change)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = after;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return after;
}
