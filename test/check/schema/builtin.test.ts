import { describe, expect, test } from 'vitest';
import { openCatalog } from '../../../src/check/schema/catalog.ts';
import { type ValidateOptions, validate } from '../../../src/check/schema/validate.ts';
import type { Violation } from '../../../src/check/schema/violation.ts';
import { at, BAD, GOOD, object, pod } from './builtin-cases.ts';

const catalog = openCatalog({ kubernetes: '1.36', flux: '2.9' });

function violationsOf(object: Readonly<Record<string, unknown>>, options?: ValidateOptions): readonly Violation[] {
  const { apiVersion, kind } = object;
  const schema = catalog.find(String(apiVersion), String(kind));
  if (schema === undefined) throw new Error(`no schema for ${String(apiVersion)} ${String(kind)}`);
  return validate(object, schema, options);
}

describe("an object of Kubernetes' own", () => {
  test.each(GOOD)('is valid with %s', (_, good) => {
    expect(violationsOf(good)).toEqual([]);
  });

  test.each(BAD)('is refused with %s', (_, bad, expected) => {
    expect(violationsOf(bad)).toEqual([expected]);
  });

  test('has a status of which only fields and types count', () => {
    const service = object('v1', 'Service', {
      spec: {},
      status: { conditions: [{ type: 'A', status: 'odd' }], loadBalancer: { ingress: 'x' }, phase: 1 },
    });
    expect(violationsOf(service).map(({ path, problem }) => [path.join('.'), problem])).toEqual([
      ['status.loadBalancer.ingress', 'wrong-type'],
      ['status.phase', 'unknown-field'],
    ]);
  });

  test('may repeat a key in a list only when it is created, not when it is applied', () => {
    const env = [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' }];
    const repeated = pod({}, { env, ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] });
    expect(violationsOf(repeated)).toEqual([
      at('spec.containers.0.env.2', 'duplicate-key', 'name "A" again', 'each name once'),
      at(
        'spec.containers.0.ports.1',
        'duplicate-key',
        'containerPort 80, protocol "TCP" again',
        'each containerPort and protocol once',
      ),
    ]);
    expect(violationsOf(repeated, { as: 'create' })).toEqual([]);
  });

  test('is never anything but an object', () => {
    const schema = catalog.find('v1', 'Pod');
    expect(schema && validate([], schema)).toEqual([
      { path: [], problem: 'wrong-type', found: 'a list', expected: 'an object' },
    ]);
  });

  test('reports several violations in the order of its fields, what is missing last', () => {
    const bad = pod({ hostPID: 1, nope: 1, containers: [{ tty: 'x' }] });
    expect(violationsOf(bad).map(({ path }) => path.join('.'))).toEqual([
      'spec.containers.0.tty',
      'spec.containers.0.image',
      'spec.containers.0.name',
      'spec.hostPID',
      'spec.nope',
    ]);
  });
});
