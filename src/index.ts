/** The library: the public names, nothing else. */
export type { Example, Rule } from './check/rule.ts';
export type { BuildOptions, PublishOptions } from './config/resolve.ts';
export type { InspectOptions } from './config/resolve-check.ts';
export type { VerifyOptions } from './config/resolve-verify.ts';
export { type Code, type ErrorDetails, exitCodeOf, SlipwayError } from './errors.ts';
export { build, check, explain, type LibraryContext, publish, pull, verify } from './library.ts';
export type {
  ArtifactReceipt,
  ArtifactStoreReceipt,
  ChainLink,
  Descriptor,
  Digest,
  Entry,
  Evidence,
  Failure,
  Finding,
  Outcome,
  Packed,
  Progress,
  ProgressEvent,
  ProvedBy,
  Rebuilt,
  Receipt,
  ReleaseRecord,
  RequestCount,
  SourceFile,
  StoreReceipt,
  ToolVersion,
  Verdict,
  Verification,
  VerifiedArtifact,
  VerifiedReference,
  VersionClaim,
  View,
  Views,
} from './model.ts';
export type { Pulled } from './plan.ts';
