import { expect, test } from 'vitest';
import { differenceJson } from '../../../src/report/difference/json.ts';
import { chosen, difference } from './sample.ts';

test('the document holds the artifacts once, and the changes by who has them', () => {
  const { artifacts, counts, common } = difference;
  expect(JSON.parse(differenceJson(difference))).toEqual({
    ...{ schema: 1, counts, sets: [], common },
    artifacts: artifacts.map(({ name, state, objects }) => ({ name, state, objects })),
  });
});

test('numbers that no number holds are texts', () => {
  expect(differenceJson(chosen(['a'], 12345678901234567890n))).toContain('"after": "12345678901234567890"');
});

test('the sides are part of the document', () => {
  const sides = { before: { kind: 'version', name: '1.4.0' }, after: { kind: 'sources', name: '.' } } as const;
  expect(JSON.parse(differenceJson(difference, sides))).toMatchObject({ schema: 1, sides });
});
