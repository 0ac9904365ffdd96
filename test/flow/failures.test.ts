/** What can go wrong with a store, through the command line: one clear error each, and nothing named (Must show 7). */
import { test } from 'vitest';
import { assertFails, assertOvercomes, titled } from './failing.ts';
import { FAILURES, PASSING } from './store-failures.ts';

test.each(titled(FAILURES.filter(({ waits }) => waits !== true)))(
  '%s is one clear error and names nothing',
  (_, failure) => assertFails(failure),
);

test.each(titled(PASSING))('%s is overcome', (_, { fault }) => assertOvercomes(fault));
