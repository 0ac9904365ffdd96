/** What `slipway log`, `slipway status` and `slipway whois` answer. Times are ISO 8601 in UTC with whole seconds. */
import type { Digest } from './artifact.ts';
import type { Proof } from './proof.ts';
import type { Failure } from './receipt.ts';
import type { Floor, GateAnswer, Job, RecordKind, Taken, WaveStep } from './record.ts';

/** Artifacts of a generation by name, against the generation before it. */
export interface GenerationChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Absent where the generation before is gone: then `changed` is what this one brought, and what it removed is not known. */
  readonly compared?: true;
}

/**
 * `line`: one of the channel's generations. `diverged`: of another line, made while stores could not see each other. `lost`: made
 * at the same time as the record that got the number, in a store without a lock.
 */
export type Standing = 'line' | 'diverged' | 'lost';

/** One generation as the log shows it. */
export interface LogGeneration {
  readonly generation: number;
  /** Run id of its record. */
  readonly run: string;
  readonly standing: Standing;
  readonly kind: RecordKind;
  readonly at: string;
  readonly by?: string;
  readonly job?: Job;
  readonly tool?: string;
  readonly source?: string;
  /** Commits of what changed, in the order of the artifacts; that of the floor where nothing did. */
  readonly commits: readonly string[];
  /** How many artifacts the channel has. */
  readonly artifacts: number;
  readonly changes: GenerationChanges;
  readonly from?: Taken;
  readonly wave?: WaveStep;
  /** Digest of the plan that it was published by. */
  readonly plan?: Digest;
  /** Why the channel is frozen. */
  readonly frozen?: string;
  /** Commits that were blocked by this generation. */
  readonly blocks: readonly string[];
  readonly allowed: readonly string[];
  readonly gates: readonly GateAnswer[];
  /** Versions with exactly this content. */
  readonly versions: readonly string[];
  /** Names of the stores that keep the record. */
  readonly stores: readonly string[];
}

/** Generations that no store keeps any more, ends included. */
export interface LogGap {
  readonly from: number;
  readonly to: number;
}

/** How a store answered. */
export interface AskedStore {
  /** Never holds a credential. */
  readonly url: string;
  /** The newest generation that it keeps; 0 without any, and where it could not be read. */
  readonly generation: number;
  readonly error?: Failure;
}

/** An artifact of a generation. */
export interface LiveArtifact {
  readonly name: string;
  readonly commit?: string;
  readonly content: Digest;
  readonly manifest: Digest;
  /** Size of the content in bytes. */
  readonly size: number;
  readonly resources: number;
  /** The generation that brought the content. */
  readonly since: number;
  readonly orphan?: true;
}

/** What was live at a time. */
export interface LiveAt {
  readonly time: string;
  readonly generation: number;
  /** When the next generation took over; absent while it is the newest. */
  readonly until?: string;
  readonly artifacts: readonly LiveArtifact[];
}

/** What `slipway log` answers. */
export interface ReleaseLog {
  readonly schema: 1;
  readonly project: string;
  readonly channel: string;
  /** Of `--at`; `generations` has that one alone. */
  readonly at?: LiveAt;
  /** Newest first. */
  readonly generations: readonly LogGeneration[];
  /** Among those that are shown. */
  readonly gaps: readonly LogGap[];
  /** Older generations that are kept and not shown. */
  readonly older: number;
  readonly stores: Readonly<Record<string, AskedStore>>;
  /** What keeps the answer from being the whole truth, in sentences. */
  readonly warnings: readonly string[];
}

/** One store of a channel. */
export interface ChannelStore extends AskedStore {
  readonly state: 'current' | 'lagging' | 'diverged' | 'failed';
  /** Names that do not show what the newest record says. */
  readonly behind: readonly string[];
}

/** One name in one store. */
export interface StatusName {
  /** `hidden`: the layout of the store cannot show it. */
  readonly state: 'current' | 'behind' | 'hidden' | 'failed';
  /** What to hand to `slipway pull`. */
  readonly reference: string;
  /** What Flux reports as revision once the name is current; absent where only a listing could tell. */
  readonly fluxRevision?: string;
}

/** An artifact of a channel, with its proofs. */
export interface StatusArtifact extends LiveArtifact {
  readonly proofs: readonly Proof[];
  readonly stores: Readonly<Record<string, StatusName>>;
}

/** What is live in a channel. Without `run` it has no release. */
export interface ChannelStatus {
  readonly channel: string;
  readonly generation: number;
  readonly run?: string;
  readonly kind?: RecordKind;
  readonly at?: string;
  readonly by?: string;
  readonly job?: Job;
  readonly source?: string;
  /** The newest commit in the channel. */
  readonly floor?: Floor;
  readonly from?: Taken;
  readonly wave?: WaveStep;
  /** Why it is frozen. */
  readonly frozen?: string;
  readonly blocked: readonly string[];
  /** Versions with exactly this content. */
  readonly versions: readonly string[];
  readonly stores: Readonly<Record<string, ChannelStore>>;
  readonly artifacts: readonly StatusArtifact[];
  /** What the next publish would be refused for, such as a name that somebody else writes. */
  readonly error?: Failure;
}

/** What `slipway status` answers. */
export interface Status {
  readonly schema: 1;
  readonly project: string;
  /** When the stores were asked. */
  readonly asked: string;
  readonly channels: readonly ChannelStatus[];
  /** What keeps the answer from being the whole truth, in sentences. */
  readonly warnings: readonly string[];
}

/** What a digest can be of. `revision` is what Flux reports for a name of a bucket. */
export type DigestRole = 'content' | 'manifest' | 'view' | 'proof' | 'revision';

/** A release that a digest was in: the oldest one that is kept. */
export interface FirstSeen {
  readonly generation: number;
  readonly kind: RecordKind;
  readonly at: string;
  readonly by?: string;
  readonly job?: Job;
  readonly source?: string;
  readonly commit?: string;
}

/** An artifact in a channel that has, or had, the digest. */
export interface WhoisPlace {
  readonly artifact: string;
  readonly channel: string;
  readonly roles: readonly DigestRole[];
  readonly content: Digest;
  readonly manifest: Digest;
  /** Kept generations that have it, newest first; 0 is what the name showed before slipway. */
  readonly generations: readonly number[];
  readonly first: FirstSeen;
  /** Names of the stores where it is what the channel's name shows now. */
  readonly live: readonly string[];
}

/** A version that has the digest, for good. */
export interface WhoisVersion {
  readonly artifact: string;
  readonly version: string;
  readonly roles: readonly DigestRole[];
  readonly content: Digest;
  readonly manifest: Digest;
  readonly at: string;
  readonly by?: string;
  readonly source?: string;
  readonly commit?: string;
}

/** What `slipway whois` answers. */
export interface Whois {
  readonly schema: 1;
  readonly project: string;
  /** In full. */
  readonly digest: Digest;
  readonly places: readonly WhoisPlace[];
  readonly versions: readonly WhoisVersion[];
  readonly stores: Readonly<Record<string, Omit<AskedStore, 'generation'>>>;
  readonly warnings: readonly string[];
}
