import { describe, expect, test } from 'vitest';
import type { ReleaseRecord } from '../../src/model.ts';
import { canonicalSource, checkChannel, judge, nextFloor } from '../../src/ship/forward.ts';
import type { Relation } from '../../src/ship/history.ts';
import type { ReleasePlan } from '../../src/ship/release-plan.ts';
import { commitId, planOf } from '../flow/world.ts';

const base = planOf({ run: 0, commit: 3, letters: {}, stores: [], primary: 'eu', quorum: 1 });
const related = (relation: Relation, extra: Partial<ReleasePlan> = {}): ReleasePlan => ({
  ...base,
  ...extra,
  history: { relation: async () => relation },
});
const newest: ReleaseRecord = {
  schema: 1,
  project: 'default',
  channel: 'prod',
  generation: 4,
  run: 'a'.repeat(32),
  kind: 'publish',
  at: '2026-01-01T00:00:00Z',
  floor: { commit: commitId(2), time: '2026-01-01T00:00:00Z' },
  blocked: [],
  primary: 'eu',
  artifacts: [],
  allowed: [],
  gates: [],
};
const refusal = (phrase: string) => ({ code: 'REFUSED', hint: expect.stringContaining(`--allow ${phrase}`) });
const ours = commitId(3).slice(0, 12);

describe('order', () => {
  test.each([
    ['newer', 'publish'],
    ['same', 'publish'],
    ['older', 'keep'],
  ] as const)('a commit that is %s than the recorded one: %s', async (relation, verdict) => {
    expect(await judge(related(relation), newest, commitId(2))).toBe(verdict);
  });

  test('unrelated history is refused with the phrase that goes on', async () => {
    await expect(judge(related('unrelated'), newest, commitId(2))).rejects.toMatchObject(refusal(`unrelated:${ours}`));
    const allowed = related('unrelated', { allowed: [`unrelated:${ours}`] });
    expect(await judge(allowed, newest, commitId(2))).toBe('publish');
  });

  test.each([
    [8, 'publish'],
    [7, 'publish'],
    [6, 'keep'],
  ] as const)('in a shallow clone run %i of the same pipeline, after run 7: %s', async (runNumber, verdict) => {
    const plan = related('unknown', { runner: { ci: true, pipeline: 'org/app ci', runNumber } });
    expect(await judge(plan, { ...newest, pipeline: 'org/app ci', runNumber: 7 }, commitId(2))).toBe(verdict);
  });

  test('a shallow clone in another pipeline is refused with the hint to fetch more', async () => {
    const plan = related('unknown', { runner: { ci: true, pipeline: 'org/other', runNumber: 9 } });
    await expect(judge(plan, { ...newest, pipeline: 'org/app', runNumber: 7 }, commitId(2))).rejects.toMatchObject({
      code: 'REFUSED',
      hint: expect.stringContaining('fetch-depth: 0'),
    });
  });

  test('an artifact that was never recorded publishes', async () => {
    expect(await judge(related('older'), newest, undefined)).toBe('publish');
  });
});

describe('the floor', () => {
  test('moves to a newer commit and never back', async () => {
    expect((await nextFloor(related('newer'), newest))?.commit).toBe(commitId(3));
    expect((await nextFloor(related('older'), newest))?.commit).toBe(commitId(2));
  });

  test('is set by the first commit, and kept by a source without Git', async () => {
    expect((await nextFloor(related('newer'), undefined))?.commit).toBe(commitId(3));
    const { commit: _, commitTime: __, ...rest } = base.provenance;
    expect((await nextFloor({ ...base, provenance: rest }, newest))?.commit).toBe(commitId(2));
  });
});

describe('the channel', () => {
  const at = (
    plan: ReleasePlan,
    { frozen, ...rest }: ReleaseRecord,
    blocked: readonly string[] = [],
  ): Parameters<typeof checkChannel>[0] => ({
    plan,
    line: { newest: rest, ...(frozen && { frozen }), highest: rest.generation, blocked, diverged: new Set<string>() },
  });

  test('refuses while it is frozen, with the reason', () => {
    const frozen = { ...newest, frozen: { reason: 'holidays' } };
    expect(() => checkChannel(at(base, frozen))).toThrow(
      expect.objectContaining({ ...refusal('frozen:prod'), message: expect.stringContaining('holidays') }),
    );
    expect(() => checkChannel(at({ ...base, allowed: ['frozen:prod'] }, frozen))).not.toThrow();
  });

  test('refuses a commit that was rolled back', () => {
    expect(() => checkChannel(at(base, newest, [commitId(3)]))).toThrow(
      expect.objectContaining(refusal(`blocked:${ours}`)),
    );
  });

  test('refuses a source without Git once it has a floor', () => {
    const plan = { ...base, provenance: { dirty: false } };
    expect(() => checkChannel(at(plan, newest))).toThrow(expect.objectContaining(refusal('no-git')));
    const { floor: _, ...unordered } = newest;
    expect(() => checkChannel(at(plan, unordered))).not.toThrow();
  });

  test('refuses another repository on the same project, however its URL is written', () => {
    const from = (source: string): ReleasePlan => ({ ...base, provenance: { ...base.provenance, source } });
    const recorded = { ...newest, source: 'https://github.com/acme/fleet' };
    expect(() => checkChannel(at(from('ssh://github.com/acme/fleet.git'), recorded))).not.toThrow();
    expect(() => checkChannel(at(from('https://github.com/acme/other'), recorded))).toThrow(
      expect.objectContaining({ code: 'REFUSED', hint: expect.stringContaining('project') }),
    );
  });
});

test.each([
  ['https://github.com/acme/fleet.git', 'github.com/acme/fleet'],
  ['ssh://git@GitHub.com:22/acme/fleet/', 'github.com/acme/fleet'],
  ['git@example.com/x', 'git@example.com/x'],
])('the canonical form of %s is %s', (source, canonical) => {
  expect(canonicalSource(source)).toBe(canonical);
});
