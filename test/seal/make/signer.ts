/** Who signs in tests: someone who remembers, and a real key. */
import { type SigningKey, signingKey } from '../../../src/seal/keys/signing-key.ts';
import type { Message, SigningIdentity } from '../../../src/seal/make/identity.ts';
import type { BuildFacts } from '../../../src/seal/make/provenance.ts';
import { HINT } from '../golden.ts';
import { MAKE } from '../keys/samples.ts';

/** Answers these signature bytes, and keeps what it was asked to sign. */
export function rememberingSigner(signature: string): SigningIdentity & { readonly asked: readonly Message[] } {
  const asked: Message[] = [];
  const material = { signer: { kind: 'key', hint: HINT }, logEntries: [], timestamps: [] } as const;
  return {
    name: 'key:remembering',
    asked,
    sign: async (message) => {
      asked.push(message);
      return { signature: Buffer.from(signature, 'base64'), material };
    },
  };
}

/** A key made just now. */
export function newKey(): SigningKey {
  const key = signingKey(MAKE['ecdsa-p256']().privateKey);
  if ('unusable' in key) throw new Error(key.unusable);
  return key;
}

/** A build of one artifact in a pipeline, with everything known. */
export const FACTS: BuildFacts = {
  project: 'default',
  channel: 'prod',
  source: {
    source: 'https://git.example/fleet/apps',
    commit: '0123456789012345678901234567890123456789',
    commitTime: '2026-11-20T00:00:00Z',
    ref: 'main',
    dirty: false,
  },
  runner: { ci: true, by: 'robot', pipeline: 'fleet/apps/.ci/release.yml', runNumber: 7 },
  builder: { id: 'https://git.example/fleet/apps/.ci/release.yml@refs/heads/main', version: { slipway: '0.1.0' } },
  invocation: 'https://git.example/fleet/apps/runs/7',
  startedOn: '2026-11-20T00:01:00Z',
  artifacts: [
    {
      name: 'eu-1',
      path: 'clusters/eu-1',
      render: 'kustomize',
      renderer: { name: 'kustomize', version: 'v5.7.1' },
      input: `sha256:${'1'.repeat(64)}`,
    },
    { name: 'base', path: 'base', render: 'plain' },
  ],
};
