import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, type Located } from '../../../src/watch/diff/apply.ts';
import { canonical } from '../../../src/watch/diff/canonical.ts';
import { deltaOf, patched } from '../../../src/watch/diff/delta.ts';
import { compareSides } from '../../../src/watch/diff/difference.ts';
import { readJson, twoSides, twoTrees, written } from './random-sides.ts';

const asSet = (objects: readonly Located[]): readonly string[] =>
  objects.map(({ artifact, file, value }) => canonical({ artifact, file, value })).sort();

test('a difference that is applied to one side is the other side', () => {
  fc.assert(
    fc.property(twoSides, ({ before, after }) => {
      const { edits } = compareSides({ before: written(before), after: written(after), read: readJson });
      expect(asSet(apply(edits, before))).toEqual(asSet(after));
    }),
    { numRuns: 80 },
  );
});

test('a side does not differ from itself, whatever the order of its objects', () => {
  fc.assert(
    fc.property(twoSides, ({ before }) => {
      const turned = written(before.toReversed());
      const { difference, edits } = compareSides({ before: written(before), after: turned, read: readJson });
      expect(edits).toEqual([]);
      expect(difference.counts.objects).toEqual({ added: 0, removed: 0, changed: 0, moved: 0, renamed: 0 });
    }),
    { numRuns: 20 },
  );
});

test('a value that is patched with what differs is the other value', () => {
  fc.assert(
    fc.property(twoTrees, ([before, after]) => {
      const delta = deltaOf(before, after);
      expect(canonical(patched(before, delta))).toBe(canonical(after));
      expect(delta === undefined).toBe(canonical(before) === canonical(after));
    }),
    { numRuns: 300 },
  );
});

test('what every artifact has before and after adds up', () => {
  fc.assert(
    fc.property(twoSides, ({ before, after }) => {
      const { difference } = compareSides({ before: written(before), after: written(after), read: readJson });
      for (const { name, objects, changes } of difference.artifacts) {
        const come = changes.filter(({ change, from }) => change === 'added' || from?.artifact !== undefined).length;
        const gone = changes.filter(({ change, to }) => change === 'removed' || to !== undefined).length;
        expect(objects.before + come - gone).toBe(objects.after);
        expect(objects.after).toBe(after.filter(({ artifact }) => artifact === name).length);
      }
    }),
    { numRuns: 20 },
  );
});
