import { expect, test } from 'vitest';
import type { Pruned, PrunedItem } from '../../src/model.ts';
import { prunedJson, prunedText } from '../../src/report/pruned.ts';

const none = { items: 0, bytes: 0 };
const item: PrunedItem = {
  ...{ kind: 'content', what: 'content/sha256/aa', bytes: 2_400, state: 'goes', since: '2026-01-01T00:00:00Z' },
  reason: 'no kept record lists it',
};
const planned: Pruned = {
  ...{ schema: 1, outcome: 'planned', keep: 10, minAge: 86_400, stores: { eu: [], us: [item] } },
  totals: { goes: { items: 1, bytes: 2_400 }, deleted: none, waits: none, new: none },
};

test('a plan says what would go, and how to do it', () => {
  expect(prunedText(planned)).toBe(`eu: nothing

us: 1 item
  STATE  KIND     SIZE    MARKED SINCE          WHAT               WHY
  goes   content  2.4 kB  2026-01-01T00:00:00Z  content/sha256/aa  no kept record lists it

Would be deleted: 1 item, 2.4 kB
Kept: 10 releases of each channel, all versions, and what is needed or was until 24h ago
Nothing was written: --yes does it
`);
});

test('a prune says what it freed, and what is too young', () => {
  const done: Pruned = {
    ...{ ...planned, outcome: 'pruned', minAge: 604_800, stores: {} },
    totals: { goes: none, deleted: { items: 3, bytes: 1_300_000 }, waits: none, new: { items: 1, bytes: 5 } },
  };
  expect(prunedText(done)).toBe(`Deleted: 3 items, 1.3 MB
Too young: 0 items, 0 B; seen for the first time: 1 item, 5 B
Kept: 10 releases of each channel, all versions, and what is needed or was until 7d ago
`);
});

test('nothing to do is said in a word', () => {
  expect(prunedText({ ...planned, outcome: 'unchanged', keep: 1, minAge: 1_800, stores: {} })).toBe(`Nothing to prune
Kept: 1 release of each channel, all versions, and what is needed or was until 30m ago
`);
});

test('as JSON it is the data itself', () => {
  expect(JSON.parse(prunedJson(planned))).toEqual(planned);
});
