/** The trust root of a Sigstore, kept and renewed by TUF (The Update Framework 1.0; sigstore/root-signing). */
import { SlipwayError, throwIfInterrupted } from '../../errors.ts';
import { openHttp } from '../http.ts';
import { type ProxyEnv, proxyAgents } from '../proxy.ts';
import { type Pace, patient, retrying, type Tried } from '../retry.ts';
import { withFetch } from './own-fetch.ts';

/** The public-good instance, whose first root is built in. */
export const PUBLIC_MIRROR = 'https://tuf-repo-cdn.sigstore.dev';

/** Which Sigstore, and where its files are kept. */
export interface TrustRootOptions {
  /** {@link PUBLIC_MIRROR} unless told. */
  readonly mirror?: string | undefined;
  /** Absolute path of the first `root.json` of a private mirror, by which all later ones are known. */
  readonly root?: string | undefined;
  /** Absolute folder; there is one below it for each mirror. */
  readonly cache: string;
  /** Ask the mirror only when what is kept has expired (TUF's timestamp: days). */
  readonly preferCache?: boolean;
  readonly pace?: Partial<Pace> | undefined;
  /** Where proxies are named; none unless given. */
  readonly env?: ProxyEnv | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Files that the mirror vouches for, as text. */
export interface TrustRootFiles {
  /** `trusted_root.json`: which authorities and logs to believe. */
  readonly trustedRoot: string;
  /** `signing_config.v0.2.json`: which of them to use for signing. Only mirrors since 2025 have one. */
  readonly signingConfig: string | undefined;
}

const timeoutMilliseconds = 20_000;

/**
 * Fetches what is new and answers the current files. Throws `CONFIG` for a mirror without a first root or an unusable
 * cache folder, `NETWORK` when the mirror cannot be reached, `UNTRUSTED` when what it sends is not signed as it must be or
 * has expired, and `INTERRUPTED`.
 */
export async function fetchTrustRoot(options: TrustRootOptions): Promise<TrustRootFiles> {
  const { mirror = PUBLIC_MIRROR, signal, pace } = options;
  if (!URL.canParse(mirror)) {
    const hint = 'give the URL of a TUF repository, such as "https://tuf.example"';
    throw new SlipwayError('CONFIG', `Cannot fetch the trust root: "${mirror}" is not a URL`, { hint });
  }
  const reach = reacher(options, new URL(mirror));
  const attempt = async (): Promise<Tried<TrustRootFiles>> => {
    try {
      return { done: true, value: await reach(() => fetchOnce(options, mirror)) };
    } catch (cause) {
      throwIfInterrupted(signal);
      const error = explain(cause, mirror);
      if (error.code !== 'NETWORK') throw error;
      return { done: false, error };
    }
  };
  return retrying(attempt, { pace: { ...patient, ...pace }, signal });
}

type Reach = <T>(work: () => Promise<T>) => Promise<T>;

/** TUF's client asks by `fetch`, which knows no proxies in most versions of Node. */
function reacher({ env = {}, signal }: TrustRootOptions, { protocol, hostname, port }: URL): Reach {
  const secure = protocol === 'https:';
  const proxy = proxyAgents(env)({ secure, host: hostname, port: Number(port || (secure ? 443 : 80)) });
  if (proxy === undefined) return (work) => work();
  const http = openHttp({ env, signal, meter: { reads: 0, writes: 0 } });
  return (work) => withFetch(http, 'fetch the trust root', work);
}

async function fetchOnce(
  { root, cache, preferCache = false }: TrustRootOptions,
  mirror: string,
): Promise<TrustRootFiles> {
  // Loaded on use: only keyless signing and verification need it.
  const { initTUF } = await import('@sigstore/tuf');
  const client = await initTUF({
    mirrorURL: mirror.replace(/\/+$/, ''),
    cachePath: cache,
    forceCache: preferCache,
    timeout: timeoutMilliseconds,
    retry: false,
    ...(root === undefined ? {} : { rootPath: root }),
  });
  const trustedRoot = await client.getTarget('trusted_root.json');
  return { trustedRoot, signingConfig: await client.getTarget('signing_config.v0.2.json').catch(missing) };
}

/** Undefined for a file that the mirror does not have; everything else goes on. */
function missing(thrown: unknown): undefined {
  if (codeOf(thrown) !== 'TUF_FIND_TARGET_ERROR') throw thrown;
}

// The library wraps and rewords, and its classes have no names in a minified build: what it was in the end shows in the
// texts and codes along the chain of causes. All that is neither the disk nor the network is what the mirror sent.
function explain(cause: unknown, mirror: string): SlipwayError {
  const chain = causesOf(cause);
  // Our own client has said it better.
  const own = chain.find((error) => error instanceof SlipwayError);
  if (own !== undefined) return own;
  const codes = chain.map(codeOf);
  const task = `Cannot fetch the trust root from "${new URL(mirror).host}"`;
  if (codes.includes('TUF_INIT_CACHE_ERROR')) {
    const hint = 'give the first root.json of this mirror, from whoever runs it, besides its URL';
    return new SlipwayError('CONFIG', `${task}: this mirror's first root is not known`, { cause, hint });
  }
  const disk = codes.find((code) => DISK_CODES.includes(code));
  if (disk !== undefined) {
    const hint = 'name a folder that this process may write to, and a readable root.json';
    return new SlipwayError('CONFIG', `${task}: its files cannot be read or kept (${disk})`, { cause, hint });
  }
  if (chain.some(({ message }) => NETWORK_TEXT.test(message))) {
    const hint = 'check that this machine can reach the mirror, or give a trusted root and signing config as files';
    return new SlipwayError('NETWORK', `${task}: no usable answer`, { cause, hint });
  }
  const hint = 'check the clock of this machine and run again later; if it stays, ask whoever runs the mirror';
  return new SlipwayError('UNTRUSTED', `${task}: its metadata is expired or not signed as it must be`, { cause, hint });
}

const DISK_CODES: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST', 'ENOSPC'];
/** Texts of `fetch` and of tuf-js 6 for an answer that is not 2xx. */
const NETWORK_TEXT = /fetch failed|Failed to download|aborted due to timeout|terminated/;

function causesOf(thrown: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let error = thrown; error instanceof Error && chain.length < 8; error = error.cause) chain.push(error);
  return chain;
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}
