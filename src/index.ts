/** The library: the public names, nothing else. */
export type { Example, Rule } from './check/rule.ts';
export type { BuildOptions, PublishOptions } from './config/resolve.ts';
export type { InspectOptions } from './config/resolve-check.ts';
export type { DoctorOptions } from './config/resolve-doctor.ts';
export type { HealOptions } from './config/resolve-heal.ts';
export type { PruneOptions } from './config/resolve-prune.ts';
export type { VerifyOptions } from './config/resolve-verify.ts';
export { type Code, type ErrorDetails, exitCodeOf, SlipwayError } from './errors.ts';
export { build, check, doctor, explain, heal, type LibraryContext, prune, publish, pull, verify } from './library.ts';
export type {
  ArtifactReceipt,
  ArtifactStoreReceipt,
  ChainLink,
  Descriptor,
  Diagnosis,
  Digest,
  Entry,
  Evidence,
  Failure,
  Finding,
  Healing,
  HealthCheck,
  HealthLevel,
  HealthLine,
  Outcome,
  Packed,
  Progress,
  ProgressEvent,
  ProvedBy,
  Pruned,
  PrunedItem,
  PruneState,
  PruneTotal,
  Rebuilt,
  Receipt,
  ReleaseRecord,
  RequestCount,
  SourceFile,
  StoreHealth,
  StoreReceipt,
  StoreVerdict,
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
