/** The failures of stores that take real waits; the others are in `test/flow/failures.test.ts`. */
import { test } from 'vitest';
import { assertFails, titled } from '../flow/failing.ts';
import { FAILURES } from '../flow/store-failures.ts';

test.each(titled(FAILURES.filter(({ waits }) => waits === true)))(
  '%s is one clear error and names nothing',
  (_, failure) => assertFails(failure),
);
