/** The failures of stores that take real waits: see `test/flow/failures.test.ts` for the others. */
import { test } from 'vitest';
import { assertFails, assertOvercomes, titled } from '../flow/failing.ts';
import { FAILURES, PASSING } from '../flow/store-failures.ts';

test.each(titled(FAILURES.filter(({ waits }) => waits === true)))(
  '%s is one clear error and names nothing',
  (_, failure) => assertFails(failure),
);

test.each(titled(PASSING.filter(({ waits }) => waits === true)))('%s is overcome', (_, { fault }) =>
  assertOvercomes(fault),
);
