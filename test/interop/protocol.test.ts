/** The publishing protocol in more orders of requests than the fast suite has time for. */
import { describe } from 'vitest';
import { testSettling } from '../flow/settling.ts';

describe('names equal the newest record after one more run', () => {
  testSettling(701, 5_000);
});
