/** The Sigstore of a run: whom to believe and whom to ask, from files or by TUF, fetched when it is needed and once. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SealSettings } from '../config/seal-settings.ts';
import { SlipwayError } from '../errors.ts';
import type { SigningConfig } from '../seal/keyless/signing-config.ts';
import type { TrustRoot } from '../seal/trust/root.ts';
import { fetchTrustRoot, type TrustRootFiles } from '../wire/sigstore/trust-root.ts';
import type { SealContext } from './context.ts';
import { readText } from './text.ts';

/** Files of a Sigstore. */
export interface Sigstore {
  /** Whether the trusted root is a file of the user's, so that nothing has to be fetched for it. */
  readonly ownRoot: boolean;
  /** Throws `CONFIG` for a file that cannot be used, and what fetching throws. */
  trust(): Promise<TrustRoot>;
  signingConfig(): Promise<SigningConfig>;
}

/** Finds the files; those of the user are read now. Throws `CONFIG` where one is missing. */
export async function openSigstore({ sign, verify }: SealSettings, context: SealContext): Promise<Sigstore> {
  const root = verify?.trustedRoot;
  const config = sign?.signer?.kind === 'keyless' ? sign.signer.signingConfig : undefined;
  const rootText = root && (await readText(root, 'trusted root', context));
  const configText = config && (await readText(config, 'signing config', context));
  const fetched = once(() => fetchFiles(context));
  return {
    ownRoot: rootText !== undefined,
    trust: once(async () => {
      const { readTrustRoot } = await import('../seal/trust/root.ts');
      return readTrustRoot(Buffer.from(rootText ?? (await fetched()).trustedRoot));
    }),
    signingConfig: once(async () => {
      const { readSigningConfig } = await import('../seal/keyless/signing-config.ts');
      return readSigningConfig(Buffer.from(configText ?? (await fetchedConfig(fetched))));
    }),
  };
}

async function fetchedConfig(fetched: () => Promise<TrustRootFiles>): Promise<string> {
  const { signingConfig } = await fetched();
  if (signingConfig !== undefined) return signingConfig;
  throw new SlipwayError(
    'CONFIG',
    'Cannot choose signing services: the Sigstore instance publishes no signing config',
    {
      hint: 'name one with "sign.signingConfig"',
    },
  );
}

function fetchFiles({ env, signal, mirror }: SealContext): Promise<TrustRootFiles> {
  const cache = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'slipway', 'sigstore');
  return fetchTrustRoot({ ...mirror, cache, preferCache: true, env, signal });
}

/** Does the work when it is first asked for; a failure is not kept. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    const current = result ?? work();
    result = current;
    current.catch(() => {
      if (result === current) result = undefined;
    });
    return current;
  };
}
