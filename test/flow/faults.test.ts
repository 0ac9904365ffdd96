import { beforeAll, expect, test, vi } from 'vitest';
import { ALL_CASES, titleOf } from './faults-cases.ts';
import { type Bases, cleanStates, runCase, startBases } from './faults-run.ts';

/** The worst of the matrix; the interop suite has the others. */
const WORST = [
  'us (primary), content read back: one bit of the answer, once',
  'us (primary), record: answer lost, lasting',
  'us (primary), record: 412 for our own write, lasting',
  'us (other, quorum 1), name: reset in the body of the request, lasting',
  'eu (primary), record: 500, lasting',
  'eu (other, quorum 2), name: answer lost, lasting',
];

let bases: Bases;
beforeAll(async () => {
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  bases = await startBases();
  return () => vi.unstubAllEnvs();
});

test('the worst faults leave no name that is not whole, and the next run completes', async () => {
  const clean = cleanStates(bases);
  const cases = ALL_CASES.filter((one) => WORST.includes(titleOf(one)));
  expect(cases.map(titleOf).sort()).toEqual([...WORST].sort());
  await Promise.all(cases.map((one) => runCase(one, bases, clean)));
});
