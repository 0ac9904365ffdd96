import { expect, test } from 'vitest';
import { documentOf } from '../../src/ship/receipt.ts';
import { differenceOf, object } from '../watch/sides.ts';

test('numbers that JSON does not hold are texts in receipts, plans and questions of gates', () => {
  const counter = (value: string): string => object('Counter', 'hits', `spec: { n: ${value}, few: 3 }\n`);
  const document = documentOf(
    differenceOf({ web: counter('9007199254740993') }, { web: counter('9007199254740995') }, true),
  );
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  expect(document.sets[0]?.changes[0]).toMatchObject({
    fields: [{ path: 'spec.n', before: '9007199254740993', after: '9007199254740995' }],
    values: { after: { spec: { n: '9007199254740995', few: 3 } } },
  });
});
