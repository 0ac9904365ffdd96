/** What of an object nobody may see: the values of Secrets, and what SOPS has encrypted. */
import { type Fields, fieldsOf, isMapping } from '../../yaml/value.ts';
import { deltaOf } from './delta.ts';

/** What takes the place of a secret. */
export const MASK = '(masked)';
/** The same where the other side has something else. */
export const MASK_CHANGED = '(masked, changed)';

/** What kubectl writes the whole object into. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What was encrypted tells its length and what is equal. */
export function isEncrypted(value: unknown): boolean {
  return typeof value === 'string' && value.includes('ENC[');
}

/** What is hidden below a key of a mapping: all of it, or the value of each key. */
export type Hiding = 'all' | 'values';

/** What is hidden below a key, given the mapping on both sides: a Secret that becomes something else is a Secret still. */
export function hidingOf(key: string, sides: readonly unknown[]): Hiding | undefined {
  if (key === LAST_APPLIED) return 'all';
  const owners = sides.filter(isMapping);
  if (key === 'sops') return owners.some(isSopsOwner) ? 'all' : undefined;
  return (key === 'data' || key === 'stringData') && owners.some(isSecret) ? 'values' : undefined;
}

// Whatever its API is called, and wherever it stands: in templates and lists too.
const isSecret = ({ kind }: Fields): boolean => kind === 'Secret';
const isSopsOwner = ({ sops }: Fields): boolean => isMapping(sops) && ('mac' in sops || 'lastmodified' in sops);

/** A value for people. `other` is the same value on the other side: what differs from it is said to. */
export function masked(value: unknown, other: unknown = value): unknown {
  if (isEncrypted(value)) return maskFor(value, other);
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
