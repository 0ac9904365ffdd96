import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { type Fields, fieldsOf } from '../../../src/check/object.ts';
import * as bases from './bases.ts';
import { breachesOf } from './breaches.ts';

const yaml = readFileSync(new URL('accepted.yaml', import.meta.url), 'utf8');
const objects = [...Object.values(bases), ...loadAll(yaml, { schema: CORE_SCHEMA })].map(fieldsOf);

/** What only tells about clusters, and refuses nothing. */
const ADVICE = /^object\/disruption /;

describe('what the API server of Kubernetes 1.36 accepts', () => {
  test('is there', () => {
    expect(objects.length).toBeGreaterThan(70);
  });

  test.each(objects.map((object, index): [string, Fields] => [`${String(object.kind)} (${index})`, object]))(
    'is not refused: %s',
    (_, object) => {
      expect(breachesOf(object).filter((breach) => !ADVICE.test(breach))).toEqual([]);
    },
  );
});
