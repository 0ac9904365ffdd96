/** The nouns. Every type is read-only data; stages hand these to one another and share nothing else. */

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** Names bytes by what they are (OCI image-spec v1.1 descriptor). `size` is in bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** A file of an artifact. `path` is relative, POSIX, UTF-8, without `.` or `..` segments. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** How an artifact's files become what the consumer reads (see docs/config.md). */
export type RenderPlan =
  | { readonly kind: 'source' }
  | { readonly kind: 'plain' }
  | { readonly kind: 'kustomize'; readonly enableHelm?: boolean }
  | {
      readonly kind: 'helm';
      readonly release: string;
      readonly namespace?: string;
      /** Value files, absolute. */
      readonly values: readonly string[];
      readonly kubeVersion?: string;
      readonly apiVersions: readonly string[];
    }
  | { readonly kind: 'command'; readonly run: readonly string[]; readonly env: Readonly<Record<string, string>> };

export type RenderKind = RenderPlan['kind'];

/** One artifact to build: `root` is the absolute folder (or file), `shown` the same path as the user wrote it. */
export interface ArtifactPlan {
  readonly name: string;
  readonly root: string;
  readonly shown: string;
  readonly render: RenderPlan;
}

/** An artifact's files as they lie on disk, ignore rules applied, in byte order of their paths. */
export interface Loaded {
  readonly artifact: ArtifactPlan;
  readonly files: readonly SourceFile[];
}

/** A program that took part in making content. */
export interface ToolVersion {
  readonly name: string;
  readonly version: string;
}

/** What the consumer will read: the source files, or one `manifests.yaml`. `resources` counts Kubernetes objects. */
export interface Rendered {
  readonly artifact: ArtifactPlan;
  readonly files: readonly SourceFile[];
  readonly resources: number;
  readonly renderer?: ToolVersion;
}

/** The rendered objects after all checks passed. */
export interface Checked extends Rendered {
  readonly findings: readonly Finding[];
}

/** One result of a check. `line` and `column` count from 1. */
export interface Finding {
  readonly rule: string;
  readonly severity: 'warn' | 'error';
  readonly artifact: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly object?: string;
  readonly message: string;
  readonly hint?: string;
}

/** How one layout shows content: digest (sha256), md5 (32 hex, what S3 reports as ETag) and size in bytes. */
export interface View {
  readonly digest: Digest;
  readonly md5: string;
  readonly size: number;
}

/** Views by bucket layout. `tarball` is the content itself; `object` exists for rendered artifacts only. */
export interface Views {
  readonly object?: View;
  readonly tarball: View;
}

/** An artifact ready to publish. `content` is the tar+gzip layer; its digest is the artifact's identity. */
export interface Packed {
  readonly name: string;
  readonly render: RenderKind;
  readonly content: Descriptor;
  readonly bytes: Uint8Array;
  readonly views: Views;
  readonly resources: number;
  readonly renderer?: ToolVersion;
  readonly findings: readonly Finding[];
}

/** Where the content came from. Absent `commit` means: no Git. Times are ISO 8601 in UTC with whole seconds. */
export interface Provenance {
  /** Remote URL without userinfo. */
  readonly source?: string;
  /** Full hexadecimal commit id. */
  readonly commit?: string;
  readonly commitTime?: string;
  /** Branch or tag, when one is known. */
  readonly ref?: string;
  readonly dirty: boolean;
}

/** Who runs: CI facts, all optional. */
export interface Runner {
  readonly ci: boolean;
  readonly by?: string;
  readonly pipeline?: string;
  readonly runNumber?: number;
}

/** A signature or attestation over an artifact. */
export interface Proof {
  readonly digest: Digest;
  readonly signer: string;
}

/** One artifact in a release record. `since` is the generation that brought the present content. */
export interface Entry {
  readonly name: string;
  readonly commit?: string;
  readonly commitTime?: string;
  readonly content: Digest;
  readonly manifest: Digest;
  /** Size of the content in bytes. */
  readonly size: number;
  readonly resources: number;
  readonly views: Views;
  readonly proofs: readonly Proof[];
  readonly since: number;
  readonly orphan?: true;
}

/** A commit with its time, as kept in a record's floor. */
export interface Floor {
  readonly commit: string;
  readonly time: string;
}

export type RecordKind = 'publish' | 'promote' | 'rollback' | 'freeze' | 'unfreeze' | 'retire' | 'sign' | 'adopt';

/**
 * The release record: the same JSON document in every store. The newest record of a channel is the truth, names follow.
 * `generation` is 0 for kind `adopt`, which is never the newest.
 */
export interface ReleaseRecord {
  readonly schema: 1;
  readonly project: string;
  readonly channel: string;
  readonly generation: number;
  readonly previous?: { readonly generation: number; readonly run: string };
  /** Random id of the run that made it: 32 hexadecimal digits. */
  readonly run: string;
  readonly kind: RecordKind;
  readonly at: string;
  readonly by?: string;
  readonly source?: string;
  readonly pipeline?: string;
  readonly runNumber?: number;
  readonly floor?: Floor;
  readonly blocked: readonly string[];
  readonly frozen?: { readonly reason: string };
  readonly primary: string;
  readonly artifacts: readonly Entry[];
  readonly allowed: readonly string[];
  readonly gates: readonly { readonly name: string; readonly reference?: string }[];
}

/** Claims a version: the first one made in the primary stands for ever. */
export interface VersionClaim {
  readonly schema: 1;
  readonly project: string;
  readonly version: string;
  readonly run: string;
  readonly at: string;
  readonly by?: string;
  readonly source?: string;
  readonly artifacts: readonly Entry[];
}

export type Outcome = 'published' | 'unchanged' | 'healed' | 'superseded' | 'planned' | 'refused' | 'failed';

/** A failure as the receipt shows it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export interface StoreReceipt {
  readonly state: 'current' | 'lagging' | 'diverged' | 'failed';
  /** `cas`: the store orders releases by create-only writes. `none`: it cannot, the window is stated. */
  readonly lock: 'cas' | 'none';
  readonly url: string;
  readonly generation: number;
  readonly error?: Failure;
}

export interface ArtifactStoreReceipt {
  readonly state: 'current' | 'unchanged' | 'lagging' | 'repaired' | 'failed';
  /** What to hand to `slipway pull`. */
  readonly reference: string;
  /** What Flux reports as `status.artifact.revision` for the consumer of this name. */
  readonly fluxRevision: string;
  readonly error?: Failure;
}

export interface ArtifactReceipt {
  readonly name: string;
  readonly changed: boolean;
  /** The content's digest. */
  readonly digest: Digest;
  readonly manifest: Digest;
  /** Size of the content in bytes. */
  readonly size: number;
  readonly resources: number;
  readonly orphan?: true;
  readonly stores: Readonly<Record<string, ArtifactStoreReceipt>>;
}

/** Requests sent to one store, counted by kind. */
export interface RequestCount {
  readonly reads: number;
  readonly writes: number;
}

/** What a run prints. Its JSON schema is shipped as `schema/receipt.json`. */
export interface Receipt {
  readonly schema: 1;
  readonly outcome: Outcome;
  readonly project: string;
  readonly channel?: string;
  readonly version?: string;
  /** The channel's generation after the run; 0 when the channel has none. */
  readonly generation: number;
  readonly revision?: string;
  /** Run id of the newest record. */
  readonly record?: string;
  readonly stores: Readonly<Record<string, StoreReceipt>>;
  readonly artifacts: readonly ArtifactReceipt[];
  readonly findings: readonly Finding[];
  readonly requests: Readonly<Record<string, RequestCount>>;
  /** Seconds by stage, and `total`. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly error?: Failure;
}

/** Something worth telling while a run is under way. */
export type Progress = (event: ProgressEvent) => void;

export interface ProgressEvent {
  readonly stage: 'load' | 'render' | 'check' | 'pack' | 'compare' | 'put' | 'prove' | 'verify' | 'record' | 'name';
  /** Store name, for stages that talk to stores. */
  readonly store?: string;
  readonly done: number;
  readonly total: number;
}
