/** What opening a seal needs of a run. */
import type { Http } from '../wire/http.ts';
import type { TrustRootOptions } from '../wire/sigstore/trust-root.ts';

/** Where a run takes place. */
export interface SealContext {
  /** Absolute; programs run here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  /** For Sigstore's services; one of its own unless given. */
  readonly http?: Http | undefined;
  /** Another Sigstore than the public one as source of trust root and signing config. */
  readonly mirror?: Pick<TrustRootOptions, 'mirror' | 'root' | 'pace'> | undefined;
}
