/** What `slipway verify` answers: the JSON document is exactly these types. */
import type { Digest } from './artifact.ts';
import type { Evidence } from './proof.ts';
import type { Failure } from './receipt.ts';

/**
 * `untrusted`: it was read, and is not proved by whom the policy names. `unreadable`: it is not there, or its store does not
 * answer, so that nothing is known.
 */
export type Verdict = 'trusted' | 'untrusted' | 'unreadable';

/** One step from a name to the bytes behind it. Where `digest` is missing the step leads by `shown` alone. */
export interface ChainLink {
  readonly what: 'record' | 'claim' | 'tag' | 'object' | 'file' | 'manifest' | 'content';
  /** What people call it: a tag, a key, a path, `generation 7 of prod`; empty where the digest says it all. */
  readonly shown: string;
  readonly digest?: Digest;
}

/** What building again from the checkout makes of it. */
export interface Rebuilt {
  readonly equal: boolean;
  /** Of the content that was built; missing when nothing could be built. */
  readonly digest?: Digest;
  /** The commit that it was published from, and the one that is checked out, where they are known. */
  readonly published?: string;
  readonly checkedOut?: string;
  /** Why nothing was built, or what to do about a difference. */
  readonly error?: Failure;
}

/** One artifact in one store, under one name. */
export interface VerifiedArtifact {
  /** The name that its proof has to have; missing for a file without `--artifact`. */
  readonly artifact?: string;
  /** The store's name in the config, else its URL. */
  readonly store: string;
  readonly verdict: Verdict;
  /** From the name to the content, as far as it could be followed. */
  readonly chain: readonly ChainLink[];
  /** Why it is believed; there when the verdict is `trusted`. */
  readonly evidence?: Evidence;
  readonly rebuild?: Rebuilt;
  /** Why it is not. */
  readonly error?: Failure;
}

/** What was found under one reference. `verdict` is the worst of the artifacts', `untrusted` being the worst. */
export interface VerifiedReference {
  readonly reference: string;
  readonly verdict: Verdict;
  readonly artifacts: readonly VerifiedArtifact[];
  /** Why there is no artifact. */
  readonly error?: Failure;
}

/** The whole answer of `slipway verify`. */
export interface Verification {
  readonly schema: 1;
  readonly verdict: Verdict;
  /** Artifacts by verdict; a reference without artifacts counts as one. */
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly references: readonly VerifiedReference[];
}
