import { describe, expect, test } from 'vitest';
import { admissionPolicy, webhooks } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const END = 'is not an expression in CEL: Unexpected token: EOF';
const mutating = changed(admissionPolicy, {
  kind: 'MutatingAdmissionPolicy',
  'spec.validations': undefined,
  'spec.reinvocationPolicy': 'Never',
});

const ROWS: readonly Row[] = [
  [
    'a validation',
    admissionPolicy,
    { 'spec.validations.0.expression': 'object.spec.replicas <=' },
    [`object/value spec.validations[0].expression: validations[0].expression ${END}`],
  ],
  [
    'the message of a validation',
    admissionPolicy,
    { 'spec.validations.0.messageExpression': "'too many" },
    [
      'object/value spec.validations[0].messageExpression: validations[0].messageExpression is not an expression in CEL: Unterminated string',
    ],
  ],
  [
    'a variable',
    admissionPolicy,
    { 'spec.variables': [{ name: 'most', expression: '1 +' }] },
    [`object/value spec.variables[0].expression: variables[0].expression ${END}`],
  ],
  [
    'a condition',
    admissionPolicy,
    { 'spec.matchConditions': [{ name: 'most', expression: 'request.name ==' }] },
    [`object/value spec.matchConditions[0].expression: matchConditions[0].expression ${END}`],
  ],
  [
    'an annotation for audits',
    admissionPolicy,
    { 'spec.auditAnnotations': [{ key: 'most', valueExpression: 'string(' }] },
    [`object/value spec.auditAnnotations[0].valueExpression: auditAnnotations[0].valueExpression ${END}`],
  ],
  [
    'a mutation',
    mutating,
    { 'spec.mutations': [{ patchType: 'JSONPatch', jsonPatch: { expression: '[' } }] },
    [`object/value spec.mutations[0].jsonPatch.expression: jsonPatch.expression ${END}`],
  ],
  [
    'a condition of a webhook',
    webhooks,
    { 'webhooks.0.matchConditions': [{ name: 'most', expression: 'request.name ==' }] },
    [`object/value webhooks[0].matchConditions[0].expression: matchConditions[0].expression ${END}`],
  ],
];

describe('an expression that cannot be parsed', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});

describe('what only the server can know about an expression', () => {
  test.each([
    'variables.most.unheardOf(authorizer)',
    '[JSONPatch{op: "add", path: "/spec/replicas", value: 1}]',
    'Object{spec: Object.spec{replicas: 1}}',
    'object.?spec.?replicas.orValue(1) > 0',
    'request.`user-info` == 1',
  ])('is not guessed: %s', (expression) => {
    expect(breachesOf(changed(admissionPolicy, { 'spec.validations.0.expression': expression }))).toEqual([]);
  });
});
