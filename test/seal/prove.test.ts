import { expect, test } from 'vitest';
import { prove, type Signer } from '../../src/seal/prove.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;
const subjects = [{ name: 'app', manifest: digest }];

test('without signers there is no proof', async () => {
  expect(await prove(subjects, [])).toEqual([]);
});

test('every signer proves all subjects, in the order of the signers', async () => {
  const signer = (name: string): Signer => ({ name, prove: async (of) => of.map(() => ({ digest, signer: name })) });
  expect(await prove(subjects, [signer('key'), signer('log')])).toEqual([
    { digest, signer: 'key' },
    { digest, signer: 'log' },
  ]);
});
