/** Scalars that kubectl reads as one thing and kustomize, and with it Flux, as another. */
import { readScalar, type Scalar, type WrittenScalar } from './kubernetes-scalars.ts';
import type { YamlProblem } from './problem.ts';
import { rewrittenTimestamp } from './timestamp.ts';
import type { ScalarNode } from './tree.ts';

/** Words, dates and numbers begin like this: all other plain text is the same to everybody. */
const CANDIDATE = /^[yYnNoOtTfF0-9.+~-]/;

/** Whether a scalar is text to everybody, which most are. */
export const isPlainText = ({ tag, plain, text }: WrittenScalar): boolean =>
  tag === undefined && (!plain || (text !== '' && !CANDIDATE.test(text)));

/** The problem of a value that kubectl reads as `value`, if others read it differently. */
export function ambiguity(node: ScalarNode, value: Scalar): YamlProblem | undefined {
  if (isPlainText(node)) return undefined;
  const other = readScalar(node, 'kustomize');
  if (Object.is(other, value)) return undefined;
  if (other === undefined) {
    const message = 'kustomize and Flux refuse this tag on this value';
    return { rule: 'yaml/syntax', offset: node.start, message, hint: 'remove the tag; quote the value if it is text' };
  }
  return { rule: 'yaml/ambiguous-scalar', offset: node.start, ...explained(node, value, other) };
}

type Explanation = Pick<YamlProblem, 'message' | 'hint'>;

/** Only words that everybody knows are repeated: what else stands there may be a secret. */
function explained({ tag, text }: ScalarNode, value: Scalar, other: Scalar): Explanation {
  if (typeof value === 'boolean' && tag === undefined) {
    return {
      message: `Unquoted ${text} is the boolean ${value} for kubectl, and the string "${text}" for kustomize and Flux`,
      hint: `write ${value} for the boolean, "${text}" for the string`,
    };
  }
  if (typeof other === 'bigint') {
    return {
      message: 'A number above 9223372036854775807 is rounded by kubectl, not by kustomize and Flux',
      hint: 'quote it if it is text; Kubernetes has no field for so large a number',
    };
  }
  if (rewrittenTimestamp(text) !== undefined) {
    return {
      message: 'An unquoted date stays as it is for kubectl; kustomize and Flux turn it into a full timestamp',
      hint: 'quote it',
    };
  }
  return { message: 'kubectl and kustomize read a value with this tag differently', hint: 'quote it, without the tag' };
}

/** The problem of a key that kubectl calls `name`, if others refuse it or call it differently. */
export function keyAmbiguity(key: ScalarNode, name: string): YamlProblem | undefined {
  if (isPlainText(key)) return undefined;
  const other = readScalar(key, 'kustomize');
  const isDate = key.plain && key.tag === undefined && rewrittenTimestamp(key.text) !== undefined;
  if (typeof other !== 'string' || isDate) {
    return {
      rule: 'yaml/key-type',
      offset: key.start,
      message: `Key ${key.text} is ${isDate ? 'a date' : nameOf(other)} and no string: kustomize and Flux refuse it`,
      hint: `quote it: "${key.text}"`,
    };
  }
  if (other === name) return undefined;
  return {
    rule: 'yaml/ambiguous-scalar',
    offset: key.start,
    message: `Unquoted key ${key.text} is "${name}" for kubectl, and "${other}" for kustomize and Flux`,
    hint: `quote it: "${key.text}"`,
  };
}

const nameOf = (value: Scalar | undefined): string => {
  if (typeof value === 'boolean') return 'a boolean';
  return value === null || value === undefined ? 'nothing' : 'a number';
};
