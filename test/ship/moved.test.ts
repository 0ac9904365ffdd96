import { expect, test } from 'vitest';
import type { Expectation } from '../../src/model.ts';
import { moved } from '../../src/ship/moved.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;

const planned: Expectation = {
  source: { commit: 'a'.repeat(40), dirty: false },
  built: [{ name: 'web', content: digest('a'), renderer: 'kustomize v5.7.1' }],
  stores: { us: { state: 'current', generation: 3, run: 'b'.repeat(32), gets: ['web'], moves: ['web'] } },
  outcome: 'published',
  kind: 'publish',
  generation: 4,
  artifacts: [{ name: 'web', content: digest('a'), manifest: digest('c'), changed: true }],
};

test('What is as it was planned has not moved', () => {
  expect(moved(planned, structuredClone(planned))).toEqual([]);
});

test('Causes are told, and not what only follows from them', () => {
  const built = [{ name: 'web', content: digest('b'), renderer: 'kustomize v5.8.0' }];
  const artifacts = [{ name: 'web', content: digest('b'), manifest: digest('d'), changed: true as const }];
  expect(moved(planned, { ...planned, built, artifacts })).toEqual([
    'the renderer of artifact "web" was "kustomize v5.7.1", is "kustomize v5.8.0"',
  ]);
});

test('Without a cause every difference of the decision is told', () => {
  expect(moved(planned, { ...planned, artifacts: [], outcome: 'unchanged', generation: 3 })).toEqual([
    'artifact "web" of the release',
    'the outcome was "published", is "unchanged"',
    'the generation was "4", is "3"',
  ]);
  expect(moved(planned, { ...planned, claimed: planned.artifacts })).toEqual(['artifact "web" of the version']);
});

test('Of a store its record counts first, then its state, then what it has', () => {
  const { us } = planned.stores;
  if (us === undefined) throw new Error('no store');
  const at = (change: Partial<typeof us>) => moved(planned, { ...planned, stores: { us: { ...us, ...change } } });
  expect(at({ run: 'c'.repeat(32), state: 'lagging' })).toEqual([
    'the channel in store "us" was "generation 3 by run bbbbbbbbbbbb", is "generation 3 by run cccccccccccc"',
  ]);
  expect(at({ state: 'lagging', gets: [] })).toEqual(['store "us" was "current", is "lagging"']);
  expect(at({ moves: [] })).toEqual(['what store "us" has of "web"']);
});
