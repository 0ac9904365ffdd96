import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import type { Entry, ReleaseRecord, VersionClaim } from '../../../src/model.ts';
import { type HeldRecord, type Holding, recordId } from '../../../src/ship/holdings.ts';
import { goingOf, keptRecords, type Seen, unneededIn } from '../../../src/ship/prune/rules.ts';

const digest = (text: string): Entry['content'] => digestOf(Buffer.from(text));
const hex = (text: string): string => digest(text).slice('sha256:'.length);

function entry(name: string, letter: string): Entry {
  const tarball = { digest: digest(letter), md5: '', size: 1 };
  const proofs = [{ kind: 'bundle', digest: digest(`proof ${letter}`), size: 1, signer: 'key:a', at: '' }] as const;
  const manifest = digest(`manifest ${letter}`);
  return { name, content: digest(letter), manifest, size: 1, resources: 1, views: { tarball }, proofs, since: 1 };
}

const holding = (kind: Holding['kind'], id: string): Holding => ({
  kind,
  id,
  what: id,
  bytes: 1,
  remove: async () => undefined,
});

function held(generation: number, letters: string, over: Partial<ReleaseRecord> = {}): HeldRecord {
  const lists = {
    blocked: [],
    allowed: [],
    gates: [],
    artifacts: [...letters].map((one, i) => entry(`app-${i}`, one)),
  };
  const about = { schema: 1, project: 'payments', channel: 'prod', kind: 'publish', at: '', primary: 'us' } as const;
  const record: ReleaseRecord = { ...about, ...lists, generation, run: String(generation).padStart(32, '0'), ...over };
  return { record, holding: holding('record', recordId(record)) };
}

const parts = (letter: string): readonly Holding[] => [
  holding('content', `content-${hex(letter)}`),
  holding('manifest', `manifest-${hex(`manifest ${letter}`)}`),
  holding('proof', `proof-${hex(`proof ${letter}`)}`),
];

function seen(records: readonly HeldRecord[], over: Partial<Seen> = {}): Seen {
  return { store: 'us', records, claims: [], shown: [], holdings: [...'abcdef'].flatMap(parts), ...over };
}

/** Letters of the content that nothing needs. */
const lettersIn = (holdings: readonly Holding[]): string =>
  [...'abcdef'].filter((letter) => parts(letter).every(({ id }) => holdings.some((one) => one.id === id))).join('');

const unneeded = (all: readonly Seen[], keep: number): string =>
  unneededIn(all, keep)
    .map(({ holdings }) => lettersIn(holdings))
    .join(' ');

const generations = (all: readonly Seen[], keep: number): readonly number[] => {
  const kept = keptRecords(all, keep);
  const records = all.flatMap(({ records }) => records.filter(({ record }) => kept.has(recordId(record))));
  return [...new Set(records.map(({ record }) => record.generation))];
};

const claim: VersionClaim = {
  ...{ schema: 1, project: 'payments', version: '1.0.0', run: '0', at: '' },
  artifacts: [entry('app-0', 'a')],
};

describe('what is kept', () => {
  const four = [held(1, 'a'), held(2, 'b'), held(3, 'c'), held(4, 'd')];

  test('the last releases of a channel', () => {
    expect(unneeded([seen(four)], 2)).toBe('abef');
    expect(generations([seen(four)], 2)).toEqual([3, 4]);
  });

  test('generations with equal artifacts are one release', () => {
    expect(generations([seen([held(1, 'a'), held(2, 'b'), held(3, 'b'), held(4, 'b')])], 1)).toEqual([2, 3, 4]);
  });

  test('content that came back is a release of its own', () => {
    expect(generations([seen([held(1, 'a'), held(2, 'b'), held(3, 'a')])], 2)).toEqual([2, 3]);
  });

  test('every channel of every project has its own', () => {
    const others = [held(1, 'e', { channel: 'staging' }), held(1, 'f', { project: 'web' })];
    expect(unneeded([seen([...four, ...others])], 1)).toBe('abc');
  });

  test('versions keep what they claim', () => {
    expect(unneeded([seen(four, { claims: [claim] })], 1)).toBe('bcef');
  });

  test('a record that a name shows stays, with all that it lists', () => {
    expect(unneeded([seen(four, { shown: [held(1, 'a').record] })], 1)).toBe('bcef');
    expect(generations([seen(four, { shown: [held(1, 'a').record] })], 1)).toEqual([1, 4]);
  });

  test('adopted records stay', () => {
    expect(unneeded([seen([...four, held(0, 'e', { kind: 'adopt' })])], 1)).toBe('abcf');
  });

  test('what one store keeps stays in all', () => {
    const lagging = seen([held(1, 'a'), held(2, 'b')], { store: 'eu' });
    expect(unneeded([seen(four), lagging], 1)).toBe('acef acef');
  });

  test('two records of one number stay both', () => {
    const rival = held(4, 'e', { run: 'f'.repeat(32) });
    expect(unneeded([seen([...four, rival])], 1)).toBe('abcf');
  });
});

describe('what goes', () => {
  const records = [held(1, 'a'), held(2, 'b')];
  const going = (isRipe: (id: string) => boolean): readonly string[] => {
    const all = [seen(records)];
    return goingOf(all, unneededIn(all, 1), isRipe).flatMap(({ holdings }) => holdings.map(({ id }) => id));
  };

  test('nothing before it is ripe', () => {
    expect(going(() => false)).toEqual([]);
  });

  test('nothing that a record lists which is not ripe itself', () => {
    const ids = going((id) => !id.startsWith('record-'));
    expect(ids).not.toContain(`content-${hex('a')}`);
    expect(ids).toContain(`content-${hex('c')}`);
  });

  test('a record with all that only it lists', () => {
    expect(going(() => true)).toEqual(
      expect.arrayContaining([...parts('a').map(({ id }) => id), recordId(held(1, 'a').record)]),
    );
    expect(going(() => true)).not.toContain(`content-${hex('b')}`);
  });
});

describe('what a holding is made of', () => {
  const signed = { ...holding('manifest', 'manifest-loose'), needs: ['content-signature'] };
  const others = [signed, holding('content', 'content-signature'), ...[...'ab'].flatMap(parts)];
  const all = [seen([held(1, 'a')], { holdings: others })];
  const going = (isRipe: (id: string) => boolean): readonly string[] =>
    goingOf(all, unneededIn(all, 1), isRipe).flatMap(({ holdings }) => holdings.map(({ id }) => id));

  test('goes with it', () => {
    expect(going((id) => /loose|signature/.test(id))).toEqual(['manifest-loose', 'content-signature']);
  });

  test('stays while it is not old enough itself', () => {
    expect(going((id) => id === 'content-signature')).toEqual([]);
  });

  test('is needed while a record lists it', () => {
    const part = { ...holding('manifest', `manifest-${hex('manifest a')}`), needs: ['content-signature'] };
    const needed = [seen([held(1, 'a')], { holdings: [part, holding('content', 'content-signature')] })];
    expect(unneededIn(needed, 1)).toEqual([{ store: 'us', holdings: [] }]);
  });
});

test('where a name shows what no record lists, everything stays that no record lists', () => {
  const records = [held(1, 'a'), held(2, 'b'), held(3, 'c')];
  expect(unneeded([seen(records)], 1)).toBe('abdef');
  expect(unneeded([seen(records, { showsUnlisted: true })], 1)).toBe('ab');
  const scratch = [holding('scratch', 'scratch-1')];
  const [left] = unneededIn([seen(records, { showsUnlisted: true, holdings: scratch })], 3);
  expect(left?.holdings.map(({ id }) => id)).toEqual(['scratch-1']);
});
