import { expect, test } from 'vitest';
import { prove } from '../../src/seal/prove.ts';

test('without a prover there is no proof', async () => {
  expect(await prove([], undefined)).toEqual([]);
});
