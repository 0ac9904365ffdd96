import { describe, expect, test } from 'vitest';
import { openCatalog } from '../../../src/check/schema/catalog.ts';
import { ANYTHING } from '../../../src/check/schema/prepare.ts';
import type { Schema } from '../../../src/check/schema/schema.ts';
import { validate } from '../../../src/check/schema/validate.ts';
import { WIDGET_CASES, WIDGETS, widget } from './widget.ts';

function widgetSchema(): Schema {
  const catalog = openCatalog({ kubernetes: '1.36', flux: '2.9' });
  expect(catalog.add([WIDGETS])).toEqual([]);
  const schema = catalog.find('test.example/v1', 'Widget');
  expect(schema).toBeDefined();
  return schema ?? ANYTHING;
}

describe('an object of a kind that a CRD defines', () => {
  const schema = widgetSchema();

  test.each(WIDGET_CASES)('with $title', (example) => {
    const found = validate(widget(example), schema).map(({ path, problem }) => [path.join('.'), problem]);
    expect(found).toEqual(example.violations);
  });

  test('may have null in any field when it is created instead of applied', () => {
    const object = widget({ title: 'null', spec: { code: null, labels: { a: null } }, violations: [] });
    expect(validate(object, schema)).toHaveLength(2);
    expect(validate(object, schema, { as: 'create' })).toEqual([]);
  });

  test('may have integers as bigints', () => {
    const good = widget({ title: 'bigint', spec: { total: 2n ** 63n - 1n, count: 3n }, violations: [] });
    expect(validate(good, schema)).toEqual([]);
    const bad = widget({ title: 'bigint', spec: { total: 2n ** 63n, count: 11n }, violations: [] });
    expect(validate(bad, schema).map(({ path, problem, expected }) => [path.join('.'), problem, expected])).toEqual([
      ['spec.total', 'range', 'an integer of 64 bits'],
      ['spec.count', 'range', 'at most 10'],
    ]);
  });

  test('is told what the alternatives are', () => {
    const object = widget({ title: 'both', spec: { source: { git: 'a', oci: 'b' } }, violations: [] });
    expect(validate(object, schema)).toEqual([
      {
        path: ['spec', 'source'],
        problem: 'alternatives',
        found: 'fields "git"; fields "oci"',
        expected: 'exactly one of: fields "git"; fields "oci"',
      },
    ]);
  });
});
