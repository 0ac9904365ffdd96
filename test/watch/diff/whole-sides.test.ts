import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, type Located } from '../../../src/watch/diff/apply.ts';
import { canonical } from '../../../src/watch/diff/canonical.ts';
import { compareSides } from '../../../src/watch/diff/difference.ts';
import { readYaml } from '../sides.ts';
import { filesOf, style, wholeSides } from './whole-sides.ts';

const asSet = (objects: readonly Located[]): readonly string[] =>
  objects.map(({ artifact, file, value }) => canonical({ artifact, file, value })).sort();

test('a difference of two whole sides, written in whatever style, is what makes the other of the one', () => {
  fc.assert(
    fc.property(wholeSides, style, style, ({ before, after }, one, other) => {
      const sides = { before: filesOf(before, one), after: filesOf(after, other) };
      const { edits, difference } = compareSides({ ...sides, read: readYaml });
      expect(asSet(apply(edits, before))).toEqual(asSet(after));
      // No document was left out, and none was taken for something else.
      expect(difference.counts.files).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('what is only written in another style is no difference in any object', () => {
  fc.assert(
    fc.property(wholeSides, style, style, ({ before }, one, other) => {
      const { edits } = compareSides({ before: filesOf(before, one), after: filesOf(before, other), read: readYaml });
      expect(edits).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('what becomes of an object is told as what it is', () => {
  fc.assert(
    fc.property(wholeSides, style, ({ before, after }, how) => {
      const { edits } = compareSides({ before: filesOf(before, how), after: filesOf(after, how), read: readYaml });
      for (const edit of edits) {
        if (edit.change === 'added' || edit.change === 'removed') continue;
        const { from, to } = edit;
        const elsewhere =
          from.file !== to.file || from.artifact !== to.artifact || from.name.namespace !== to.name.namespace;
        expect([edit.change, elsewhere, from.name.name !== to.name.name]).toEqual(
          edit.change === 'renamed' ? ['renamed', elsewhere, true] : [edit.change, edit.change === 'moved', false],
        );
      }
    }),
    { numRuns: 50 },
  );
});
