/** The history is what a simple model remembers: lists of what was published, which stores keep it, and what was deleted. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogGap, ReleaseRecord } from '../../../src/model.ts';
import { liveAt } from '../../../src/watch/history/at.ts';
import { changesOf } from '../../../src/watch/history/changes.ts';
import { type Kept, lineOf, lineUp } from '../../../src/watch/history/line.ts';
import { chosen, isEnough } from '../../../src/watch/history/log.ts';
import { kept, type Letters, made } from './records.ts';

const STORES = ['eu', 'us', 'lab'] as const;
const NAMES = ['east', 'north', 'west'];
const START = Date.parse('2026-01-01T00:00:00Z');

const letters = fc
  .tuple(...NAMES.map(() => fc.constantFrom('a', 'b', 'c', '')))
  .map((all): Letters => Object.fromEntries(NAMES.flatMap((name, i) => (all[i] === '' ? [] : [[name, all[i] ?? '']]))));

/** A run: what it published, whom it reached, and how long after the last one its clock says that it was. */
const step = fc.record({
  letters,
  stores: fc.subarray([...STORES], { minLength: 1 }),
  minutes: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 90 }) },
    { weight: 1, arbitrary: fc.integer({ min: -120, max: -1 }) },
  ),
});

const story = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 24 }),
  /** Numbers that were deleted, besides the newest. */
  gone: fc.array(fc.nat(23), { maxLength: 12 }),
  asked: fc.integer({ min: -60, max: 1500 }),
});

interface Remembered {
  readonly letters: Letters;
  readonly time: number;
  readonly isKept: boolean;
}

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** The same story twice: as records, and as what the model remembers. */
function told({ steps, gone }: Story): { readonly copies: readonly Kept[]; readonly model: readonly Remembered[] } {
  let before: ReleaseRecord | undefined;
  let time = START;
  const copies: Kept[] = [];
  const model: Remembered[] = [];
  for (const [index, { letters: now, stores, minutes }] of steps.entries()) {
    time += minutes * 60_000;
    const record = made({ letters: now, before, at: `${new Date(time).toISOString().slice(0, 19)}Z` });
    const isKept = index === steps.length - 1 || !gone.includes(index);
    if (isKept) copies.push(kept(record, ...stores));
    model.push({ letters: now, time, isKept });
    before = record;
  }
  return { copies, model };
}

const lineFrom = (copies: readonly Kept[], floor?: number) => lineUp(copies.at(-1)?.record, copies, floor);

/** What the model says of a generation, counted from 0. */
function changesIn(model: readonly Remembered[], index: number) {
  const now = model[index]?.letters ?? {};
  const before = index === 0 ? {} : (model[index - 1]?.letters ?? {});
  const added = Object.keys(now).filter((name) => before[name] === undefined);
  const changed = Object.keys(now).filter((name) => before[name] !== undefined && before[name] !== now[name]);
  const removed = Object.keys(before).filter((name) => now[name] === undefined);
  if (index > 0 && !model[index - 1]?.isKept) return { added: [], changed: [...added, ...changed].sort(), removed: [] };
  return { added: added.sort(), changed: changed.sort(), removed: removed.sort(), compared: true };
}

function gapsIn(model: readonly Remembered[]): readonly LogGap[] {
  const gaps: { from: number; to: number }[] = [];
  for (const [index, { isKept }] of model.entries()) {
    if (isKept) continue;
    const last = gaps.at(-1);
    if (last?.to === index) last.to = index + 1;
    else gaps.push({ from: index + 1, to: index + 1 });
  }
  return gaps.reverse();
}

test('every kept generation is there, newest first, with what it changed, and what is gone is told', () => {
  fc.assert(
    fc.property(story, (one) => {
      const { copies, model } = told(one);
      const history = lineFrom(copies);
      const expected = model.flatMap(({ isKept }, index) => (isKept ? [index] : [])).reverse();
      expect(lineOf(history).map(({ record }) => record.generation)).toEqual(expected.map((index) => index + 1));
      expect(history.placed).toEqual(lineOf(history));
      expect(history.placed.map(changesOf)).toEqual(expected.map((index) => changesIn(model, index)));
      expect(history.gaps).toEqual(gapsIn(model));
    }),
    { numRuns: 150 },
  );
});

test('what was live at a time is the newest generation that does not say a later one, and doubts are told exactly then', () => {
  fc.assert(
    fc.property(story, (one) => {
      const { copies, model } = told(one);
      const exact = model[one.asked % model.length]?.time;
      const wanted = one.asked % 2 === 0 && exact !== undefined ? exact : START + one.asked * 60_000;
      const { placed, next, doubts } = liveAt(lineFrom(copies), wanted);
      const known = model.flatMap(({ isKept, time }, index) => (isKept ? [{ index, time }] : []));
      const live = known.findLast(({ time }) => time <= wanted);
      expect(placed?.record.generation).toBe(live && live.index + 1);
      const later = known.find(({ index }) => index > (live?.index ?? -1));
      expect(next?.record.generation).toBe(later && later.index + 1);
      const jumped = known.filter(({ time }, i) => {
        const after = known[i + 1];
        return after !== undefined && after.time <= wanted && wanted < time;
      });
      const between = model.filter((m, i) => !m.isKept && i > (live?.index ?? -1) && i < (later?.index ?? -1));
      expect(doubts.filter((text) => text.startsWith('A clock was wrong'))).toHaveLength(jumped.length);
      expect(doubts.filter((text) => text.startsWith('Generation'))).toHaveLength(between.length > 0 ? 1 : 0);
    }),
    { numRuns: 150 },
  );
});

test('reading stops as soon as the answer is the one that reading everything gives', () => {
  fc.assert(
    fc.property(story, fc.integer({ min: 1, max: 6 }), fc.subarray(NAMES), (one, limit, artifacts) => {
      const { copies } = told(one);
      const whole = lineFrom(copies);
      const wish = { limit, artifacts };
      const newestFirst = [...copies].reverse();
      for (let read = 1; read <= copies.length; read += 1) {
        const some = newestFirst.slice(0, read);
        const floor = read === copies.length ? 1 : (some.at(-1)?.record.generation ?? 1);
        const partly = lineUp(copies.at(-1)?.record, [...some].reverse(), floor);
        if (!isEnough(partly, wish, floor)) continue;
        const generations = (history: typeof whole) =>
          chosen(history, wish).map((placed) => [placed.record.generation, changesOf(placed)]);
        expect(generations(partly)).toEqual(generations(whole));
        return;
      }
    }),
    { numRuns: 150 },
  );
});

test('another line stays visible beside the channel, and a lost race is not taken for one', () => {
  const one = made({ letters: { east: 'a' } });
  const two = made({ letters: { east: 'b' }, before: one, run: 'b' });
  const three = made({ letters: { east: 'c' }, before: two, run: 'b' });
  const glass = made({ letters: { east: 'x' }, before: one, run: 'c' });
  const after = made({ letters: { east: 'y' }, before: glass, run: 'c' });
  const healed = made({ letters: { east: 'd' }, before: three, generation: 4, run: 'd' });
  const copies = [
    kept(one, 'eu', 'us'),
    kept(two, 'eu'),
    kept(glass, 'us'),
    kept(three, 'eu'),
    kept(after, 'us'),
    kept(healed, 'eu', 'us'),
  ];
  const shown = (history: ReturnType<typeof lineUp>): readonly string[] =>
    history.placed.map(({ record, standing }) => `${record.generation}${record.run[0]} ${standing}`);
  const expected = ['4d line', '3b line', '3c diverged', '2b line', '2c diverged', '1a line'];
  expect(shown(lineUp(healed, copies))).toEqual(expected);
  expect(lineUp(healed, copies).gaps).toEqual([]);
  const race = [kept(one, 'eu'), kept(two, 'eu'), kept(glass, 'eu')];
  expect(shown(lineUp(two, race))).toEqual(['2b line', '2c lost', '1a line']);
});

test('a record that names itself as its former ends the line', () => {
  const one = made({ letters: { east: 'a' }, generation: 5 });
  const loop = { ...one, previous: { generation: 5, run: one.run } };
  expect(lineUp(loop, [kept(loop, 'eu')])).toMatchObject({ placed: [{ standing: 'line' }], gaps: [] });
});

test('without any release there is no history', () => {
  expect(lineUp(undefined, [])).toEqual({ placed: [], gaps: [] });
});

test('times that go backwards and records that are gone are told in words', () => {
  const at = (time: string) => `2026-05-01T${time}:00Z`;
  const one = made({ letters: { east: 'a' }, at: at('10:00') });
  const two = made({ letters: { east: 'b' }, before: one, at: at('20:00') });
  const three = made({ letters: { east: 'c' }, before: two, at: at('11:00') });
  const four = made({ letters: { east: 'd' }, before: three, at: at('21:00') });
  const ask = (time: string, ...records: readonly ReleaseRecord[]) => {
    const { placed, doubts } = liveAt(
      lineUp(
        four,
        records.map((record) => kept(record, 'eu')),
      ),
      Date.parse(at(time)),
    );
    return [placed?.record.generation, ...doubts];
  };
  const all = [one, two, three, four];
  expect(ask('15:00', ...all)).toEqual([
    3,
    'A clock was wrong: generation 3 says 2026-05-01T11:00:00Z, and generation 2, made before it, says 2026-05-01T20:00:00Z: what was live in between is not certain',
  ]);
  expect(ask('10:30', ...all)).toEqual([1]);
  expect(ask('20:00', ...all)).toEqual([3]);
  expect(ask('21:00', ...all)).toEqual([4]);
  expect(ask('10:00', ...all)).toEqual([1]);
  expect(ask('09:59', ...all)).toEqual([undefined]);
  expect(ask('09:59', two, three, four)).toEqual([
    undefined,
    'Generation 1 is no longer kept, and may have been live then',
  ]);
  expect(ask('12:00', one, four)).toEqual([
    1,
    'Generations 2 to 3 are no longer kept, and one of them may have been live then',
  ]);
});
