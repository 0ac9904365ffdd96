import { describe } from 'vitest';
import { testSettling } from './settling.ts';

// The interop suite goes on with other seeds.
describe('names equal the newest record after one more run', () => {
  testSettling(1, Number(process.env.SLIPWAY_SEEDS ?? 700));
});
