/** Labels, annotations, and the selectors that look for labels. */
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { isSet } from './demands.ts';
import { all, type Demand, each, fields, type Look, values } from './look.ts';
import { counted, quote, type Site } from './site.ts';
import { type Form, given, isQualifiedName, keys, LABEL_VALUE, QUALIFIED_NAME } from './texts.ts';

/** The key of a label. */
export const LABEL_KEY: Form = {
  ...QUALIFIED_NAME,
  rule: 'object/labels',
  name: 'a label key such as "app" or "example.com/app"',
};

/** A key of a label, by itself. */
export const labelKey: Look = given(LABEL_KEY);

/** A mapping of labels. */
export const labels: Look = all(keys(LABEL_KEY), values(given(LABEL_VALUE)));

/** All annotations of an object together, keys and values. */
const MAX_ANNOTATIONS = 256 * 1024;

/** The annotations of an object. */
export const annotations: Look = all(
  keys({
    ...LABEL_KEY,
    name: 'an annotation key such as "note" or "example.com/note"',
    fits: (text) => isQualifiedName(text.toLowerCase()),
  }),
  (value, site) => {
    if (!isMapping(value)) return;
    let size = 0;
    for (const [key, text] of Object.entries(value)) {
      size += Buffer.byteLength(key) + Buffer.byteLength(textOf(text) ?? '');
    }
    if (size <= MAX_ANNOTATIONS) return;
    site.breach('object/labels', `The annotations have ${size} bytes, but ${MAX_ANNOTATIONS} is the most`, {
      found: `${size} bytes`,
      expected: `at most ${MAX_ANNOTATIONS}`,
      hint: 'move large values to a ConfigMap; for CRDs use server-side apply, which stores no copy in an annotation',
    });
  },
);

const LIST_OPERATORS = ['In', 'NotIn'];
const BARE_OPERATORS = ['Exists', 'DoesNotExist'];
const ORDER_OPERATORS = ['Gt', 'Lt'];

/** Whether an expression has values as its operator wants them. `known` operators end with those of node selectors. */
function expression(known: readonly string[]): Demand {
  return (fields, site) => {
    const operator = textOf(fields.operator) ?? '';
    const count = listOf(fields.values).length;
    if (!known.includes(operator)) return unknownOperator(operator, known, site);
    const wanted = problemOf(operator, count);
    if (wanted === undefined) return;
    site.breach(
      'object/selector',
      `${site.name('values')} has ${counted(count, 'value')}, but operator "${operator}" needs ${wanted}`,
      {
        at: ['values'],
        found: counted(count, 'value'),
        expected: wanted,
      },
    );
  };
}

function problemOf(operator: string, count: number): string | undefined {
  if (LIST_OPERATORS.includes(operator)) return count === 0 ? 'at least one' : undefined;
  if (BARE_OPERATORS.includes(operator)) return count > 0 ? 'none' : undefined;
  return count === 1 ? undefined : 'exactly one';
}

function unknownOperator(operator: string, known: readonly string[], site: Site): void {
  // An absent operator is the schema's business.
  if (operator === '') return;
  const expected = `one of ${known.map((word) => `"${word}"`).join(', ')}`;
  site.breach('object/selector', `${site.name('operator')} is ${quote(operator)}, but it must be ${expected}`, {
    at: ['operator'],
    found: quote(operator),
    expected,
  });
}

/** `{matchLabels, matchExpressions}`. */
export const labelSelector: Look = fields({
  matchLabels: labels,
  matchExpressions: each(
    fields({ key: labelKey, values: each(given(LABEL_VALUE)) }, expression([...LIST_OPERATORS, ...BARE_OPERATORS])),
  ),
});

/** What nodes are asked for by their labels; in preferences any value may be asked for. */
export const nodeExpression = (strict: boolean): Look =>
  fields(
    strict ? { key: labelKey, values: each(given(LABEL_VALUE)) } : { key: labelKey },
    expression([...LIST_OPERATORS, ...BARE_OPERATORS, ...ORDER_OPERATORS]),
  );

/** Whether a selector selects nothing in particular. */
export function isEmptySelector(selector: Fields): boolean {
  return Object.keys(fieldsOf(selector.matchLabels)).length === 0 && !isSet(selector, 'matchExpressions');
}

/** Whether Flux may replace a text before anybody selects by it. */
function isReplaced(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}

/** What of a selector these labels do not fulfil, as kubectl writes it; undefined where they match. */
export function mismatch(selector: Fields, labels: Fields): string | undefined {
  for (const [key, wanted] of Object.entries(fieldsOf(selector.matchLabels))) {
    const found = labels[key];
    if ([key, wanted, found].some(isReplaced)) continue;
    if (found === undefined || (found ?? '') !== (wanted ?? '')) return `${key}=${textOf(wanted) ?? ''}`;
  }
  for (const item of listOf(selector.matchExpressions)) {
    const expression = fieldsOf(item);
    if (!fulfils(expression, labels)) return written(expression);
  }
  return undefined;
}

const WRITTEN: ReadonlyMap<string, string> = new Map(Object.entries({ In: 'in', NotIn: 'notin' }));

function written({ key, operator, values }: Fields): string {
  const name = textOf(key) ?? '';
  const word = WRITTEN.get(textOf(operator) ?? '');
  if (word === undefined) return operator === 'DoesNotExist' ? `!${name}` : name;
  return `${name} ${word} (${listOf(values)
    .map((value) => textOf(value) ?? '')
    .join(',')})`;
}

function fulfils({ key, operator, values }: Fields, labels: Fields): boolean {
  const name = textOf(key) ?? '';
  const found = labels[name];
  const wanted = listOf(values).map((value) => value ?? '');
  if ([found, ...wanted].some(isReplaced)) return true;
  const has = found !== undefined;
  const listed = wanted.includes(found ?? '');
  switch (operator) {
    case 'In':
      return has && listed;
    case 'NotIn':
      return !has || !listed;
    case 'Exists':
      return has;
    case 'DoesNotExist':
      return !has;
    default:
      return true;
  }
}
