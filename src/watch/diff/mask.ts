/** What of an object nobody may see: the values of Secrets wherever they are written, and what SOPS has encrypted. */
import { type Fields, fieldsOf, isMapping } from '../../yaml/value.ts';
import { deltaOf } from './delta.ts';

/** What takes the place of a secret. */
export const MASK = '(masked)';
/** The same where the other side has something else. */
export const MASK_CHANGED = '(masked, changed)';

/** What kubectl writes the whole object into. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** All that a Secret has besides its values. What else stands in one is a value under a mistyped key, or its anchor. */
const OPEN: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable']);

/** Manifests inside texts: patches of a kustomization, annotations that keep what was applied, files in a ConfigMap. */
const SECRET_IN_TEXT = /\bkind\\?["']?\s*:\s*\\?["']?Secret(?:List)?\b/;

/** A text that holds a Secret, or something encrypted: that tells its length and what is equal. */
export function isHidden(value: unknown): boolean {
  return typeof value === 'string' && (value.includes('ENC[') || SECRET_IN_TEXT.test(value));
}

/** What is hidden below a key of a mapping: all of it, or the value of each key. */
export type Hiding = 'all' | 'values';

/** What is hidden below a key, given the mapping on both sides: a Secret that becomes something else is a Secret still. */
export function hidingOf(key: string, sides: readonly unknown[]): Hiding | undefined {
  if (key === LAST_APPLIED) return 'all';
  const owners = sides.filter(isMapping);
  if (key === 'sops') return owners.some(isSopsOwner) ? 'all' : undefined;
  if (key === 'secretGenerator') return owners.some(isKustomization) ? 'all' : undefined;
  if (key === 'items') return owners.some(isSecretList) ? 'all' : undefined;
  if (key === 'patch') return owners.some(isSecretPatch) ? 'all' : undefined;
  if (key === 'literals') return owners.some(isSecretGenerator) ? 'all' : undefined;
  if (!OPEN.has(key) && owners.some(isWholeSecret)) return 'values';
  return (key === 'data' || key === 'stringData') && owners.some(isSecret) ? 'values' : undefined;
}

// Whatever its API is called, and wherever it stands: in templates and lists too.
const isSecret = ({ kind }: Fields): boolean => kind === 'Secret';
const isSecretGenerator = ({ kind }: Fields): boolean => kind === 'SecretGenerator';
// Others only refer to a Secret: they have its name, and no metadata.
const isWholeSecret = ({ kind, metadata }: Fields): boolean => kind === 'Secret' && isMapping(metadata);
// Their items need not say what they are.
const isSecretList = ({ kind }: Fields): boolean => kind === 'SecretList';
// The kind of a target is a regular expression, and without one every kind is meant: then what names data may be for a Secret.
function isSecretPatch({ target, patch }: Fields): boolean {
  if (!isMapping(target)) return false;
  const { kind } = target;
  if (typeof kind === 'string' && /^[A-Za-z0-9]+$/.test(kind)) return kind === 'Secret';
  return typeof patch !== 'string' || /data/i.test(patch);
}
const isKustomization = ({ kind }: Fields): boolean => kind === 'Kustomization' || kind === 'Component';
const isSopsOwner = ({ sops }: Fields): boolean => isMapping(sops) && ('mac' in sops || 'lastmodified' in sops);

/** A value for people. `other` is the same value on the other side: what differs from it is said to. */
export function masked(value: unknown, other: unknown = value): unknown {
  if (isHidden(value)) return maskFor(value, other);
  if (Array.isArray(value)) {
    return value.map((item, index) => masked(item, Array.isArray(other) ? other[index] : undefined));
  }
  if (!isMapping(value)) return value;
  const others = fieldsOf(other);
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const hiding = hidingOf(key, [value, other]);
    const beside = Object.hasOwn(others, key) ? others[key] : undefined;
    return [key, hiding === undefined ? masked(inner, beside) : hidden(inner, beside, hiding)];
  });
  return Object.fromEntries(entries);
}

function hidden(value: unknown, other: unknown, hiding: Hiding): unknown {
  if (hiding === 'all' || !isMapping(value)) return maskFor(value, other);
  const others = fieldsOf(other);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      maskFor(inner, Object.hasOwn(others, key) ? others[key] : undefined),
    ]),
  );
}

const maskFor = (value: unknown, other: unknown): string =>
  other === undefined || deltaOf(value, other) === undefined ? MASK : MASK_CHANGED;
