/** A place to open seals in: files of keys, and a run that knows nothing of the machine it is on. */
import { join } from 'node:path';
import type { SealSettings, TextSource } from '../../src/config/seal-settings.ts';
import { type OpenedSeal, openSeal, type RunFacts, type SealContext } from '../../src/open-seal.ts';
import { tree } from '../build/tree.ts';
import { MAKE, type Pair } from '../seal/keys/samples.ts';

/** A file in a folder, as users name it. */
export const fileIn = (folder: string, name: string): TextSource => ({
  kind: 'file',
  shown: name,
  path: join(folder, name),
});

/** A variable, as users name it. */
export const variable = (name: string): TextSource => ({ kind: 'env', shown: `env://${name}`, variable: name });

export const privatePem = ({ privateKey }: Pair): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const publicPem = ({ publicKey }: Pair): string => publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** The signer's name of a pair, by its PEM. */
export const mine: Pair = MAKE['ecdsa-p256']();
export const theirs: Pair = MAKE['ecdsa-p256']();

/** A folder with the keys of two people: `cosign.key`, `cosign.pub`, `other.key`, `other.pub`. */
export const keyFolder = (more: Readonly<Record<string, string>> = {}): string =>
  tree({
    'cosign.key': privatePem(mine),
    'cosign.pub': publicPem(mine),
    'other.key': privatePem(theirs),
    'other.pub': publicPem(theirs),
    ...more,
  });

/** A run in no CI, at a fixed time. */
export const contextOf = (env: SealContext['env'] = {}, more: Partial<SealContext> = {}): SealContext => ({
  cwd: '/',
  env,
  now: () => new Date('2026-11-20T00:01:00.700Z'),
  ...more,
});

export const RUN: RunFacts = {
  project: 'default',
  channel: 'staging',
  provenance: {
    source: 'https://git.example/acme/fleet',
    commit: '0123456789012345678901234567890123456789',
    commitTime: '2026-11-20T00:00:00Z',
    ref: 'main',
    dirty: false,
  },
  runner: { ci: false },
  artifacts: [{ name: 'web', root: '/src/apps/web', shown: 'apps/web', render: { kind: 'kustomize' } }],
  dryRun: false,
  tool: '0.1.0',
};

/** A seal by the key of {@link keyFolder}. */
export function openWithKey(
  folder: string,
  { legacy = false, verify, ...run }: Partial<RunFacts> & { legacy?: boolean; verify?: SealSettings['verify'] } = {},
  context: SealContext = contextOf(),
): Promise<OpenedSeal> {
  const sign = { signer: { kind: 'key', key: fileIn(folder, 'cosign.key') }, legacy } as const;
  return openSeal({ sign, ...(verify && { verify }) }, { ...RUN, ...run }, context);
}
