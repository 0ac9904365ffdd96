/** Which Pods a selector finds. */
import { type Fields, fieldsOf, listOf, textOf } from '../object.ts';

/** Labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** What Pods must have. */
export interface Selector {
  readonly labels: Labels;
  readonly expressions: readonly Expression[];
  /** The pairs of `labels` that Pods can have as written. */
  readonly asked: readonly (readonly [key: string, value: string])[];
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Labels that Kubernetes sets itself: no manifest has them. */
const SET_LATER =
  /^(?:statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|(?:batch\.kubernetes\.io\/)?(?:job-name|controller-uid)|batch\.kubernetes\.io\/job-completion-index|controller-revision-hash|pod-template-hash|pod-template-generation)$/;

/** The labels of a mapping, without what is no text. */
export function labelsOf(value: unknown): Labels {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Whether Flux still fills something in. */
export function isOpen(labels: Labels): boolean {
  return Object.entries(labels).some((pair) => pair.join('').includes('$'));
}

/** A selector of `matchLabels` and `matchExpressions`; undefined when it finds everything. */
export function selectorOf(value: unknown): Selector | undefined {
  const { matchLabels, matchExpressions }: Fields = fieldsOf(value);
  const labels = labelsOf(matchLabels);
  const expressions = listOf(matchExpressions).map((item) => {
    const { key, operator, values } = fieldsOf(item);
    return {
      key: textOf(key) ?? '',
      operator: textOf(operator) ?? '',
      values: listOf(values).flatMap((one) => textOf(one) ?? []),
    };
  });
  return Object.keys(labels).length + expressions.length === 0
    ? undefined
    : { labels, expressions, asked: askedOf(labels) };
}

const askedOf = (labels: Labels): Selector['asked'] => Object.entries(labels).filter(([key]) => !SET_LATER.test(key));

/**
 * Whether a selector may find Pods of these labels. Labels that the Pod does not have may be set while it runs (by an
 * operator that elects a leader, say), as long as something that it does have is what the selector asks for.
 */
export function mayFind({ asked, expressions }: Selector, pod: Labels): boolean {
  if (asked.some(([key, value]) => pod[key] !== undefined && pod[key] !== value)) return false;
  const shared = asked.some(([key]) => pod[key] !== undefined);
  return (shared || asked.length === 0) && expressions.every((expression) => holds(expression, pod));
}

function holds({ key, operator, values }: Expression, pod: Labels): boolean {
  const label = pod[key];
  if (operator === 'In') return label !== undefined && values.includes(label);
  if (operator === 'NotIn') return label === undefined || !values.includes(label);
  if (operator === 'Exists') return label !== undefined;
  return operator !== 'DoesNotExist' || label === undefined;
}

/** Labels as kubectl writes them: `app=web,tier=front`. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** A selector as kubectl writes it: `app=web,tier in (a,b)`. */
export function selectorText({ labels, expressions }: Selector): string {
  const pairs = [labelsText(labels)].filter((text) => text !== '');
  const conditions = expressions.map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
  });
  return [...pairs, ...conditions].join(',');
}
