import { expect, test } from 'vitest';
import type { ProgressEvent } from '../../src/model.ts';
import { progressPrinter, silentProgress } from '../../src/report/progress.ts';

function printed(
  events: readonly ProgressEvent[],
  { isTTY, columns = 80, step = 1000 }: { isTTY: boolean; columns?: number; step?: number },
): string {
  let text = '';
  let time = 0;
  const printer = progressPrinter({
    write: (piece) => {
      text += piece;
    },
    isTTY,
    columns,
    now: () => {
      time += step;
      return new Date(time);
    },
  });
  for (const event of events) printer.report(event);
  printer.end();
  printer.end();
  return text;
}

const steps = (stage: ProgressEvent['stage'], total: number, store?: string): ProgressEvent[] =>
  Array.from({ length: total }, (_, index) => ({
    stage,
    done: index + 1,
    total,
    ...(store === undefined ? {} : { store }),
  }));

test('a log gets one line a stage and store, when it is through', () => {
  const events = [
    ...steps('pack', 3),
    ...steps('put', 2, 'eu'),
    ...steps('put', 2, 'us'),
    { stage: 'name', store: 'eu', done: 1, total: 2 } as const,
  ];
  expect(printed(events, { isTTY: false })).toBe('pack     3/3\nput      eu 2/2\nput      us 2/2\n');
});

test('a stage that is told twice, or has nothing to do, adds no line', () => {
  expect(
    printed([...steps('pack', 1), ...steps('pack', 1), { stage: 'put', done: 0, total: 0 }], { isTTY: false }),
  ).toBe('pack     1/1\n');
});

test('a terminal gets one updating line a stage, with all stores on it', () => {
  const text = printed([...steps('pack', 2), ...steps('put', 1, 'eu'), ...steps('put', 2, 'us')], { isTTY: true });
  const lines = text.split('\n').map((line) => line.split('\u001b[2K').at(-1));
  expect(lines).toEqual(['pack     2/2', 'put      eu 1/1  us 2/2', '']);
});

test('a terminal line never wraps and is not written more often than eyes can follow', () => {
  const stores = Array.from({ length: 20 }, (_, index) => steps('put', 1, `store-${index}`)).flat();
  const widest = Math.max(
    ...printed(stores, { isTTY: true, columns: 40 })

      .replaceAll('\r\u001b[2K', '\n')
      .split('\n')
      .map((line) => line.length),
  );
  expect(widest).toBeLessThan(40);
  const writes = printed(steps('pack', 500), { isTTY: true, step: 1 }).split('\u001b[2K').length;
  expect(writes).toBeLessThan(15);
});

test('a quiet run says nothing', () => {
  const printer = silentProgress();
  expect(printer.report({ stage: 'pack', done: 1, total: 1 })).toBeUndefined();
  expect(printer.end()).toBeUndefined();
});
