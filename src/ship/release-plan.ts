/** What a run wants of its stores, and what it is told of itself. */
import type { Digest, Expectation, Job, Progress, Provenance, Runner, Sealing } from '../model.ts';
import type { History } from './history.ts';
import type { Store } from './store.ts';

/** How a run waits for a prune that is in its way; a prune closes its claim within minutes. */
export interface Patience {
  readonly looks: number;
  readonly pause: () => Promise<unknown>;
}

/** A plan that is published: its digest, and what it rests on. */
export interface Planned {
  readonly digest: Digest;
  readonly expected: Expectation;
}

/** What a run wants. At least one of `channel` and `version` is set. */
export interface ReleasePlan {
  readonly project: string;
  readonly channel?: string;
  readonly version?: string;
  readonly stores: readonly Store[];
  /** Stores that are only read: they have the bytes of what is promoted. */
  readonly lenders?: readonly Store[];
  /** Name of the store whose create-only write orders releases. */
  readonly primary: string;
  /** How many stores must hold everything before a record is made; 0: none is made, and no store has to be there. */
  readonly quorum: number;
  readonly provenance: Provenance;
  readonly runner: Runner;
  /** The CI run, for records. */
  readonly job?: Job;
  /** This tool's version, for records. */
  readonly tool?: string;
  readonly history: History;
  readonly allowed: readonly string[];
  /** Phrases of `allowed` that the present round needed: it counts them here. Absent: nobody keeps count. */
  readonly used?: Set<string>;
  readonly adopt: boolean;
  readonly sealing: Sealing;
  /** All artifacts the config lists; others in the record become orphans. Absent: no config, no orphans. */
  readonly listed?: readonly string[];
  /** What the run has to come to, when it was planned. */
  readonly planned?: Planned;
  /** Random id of this run: 32 hexadecimal digits. */
  readonly run: string;
  /** Time of this run, ISO 8601 in UTC. */
  readonly at: string;
  /** Default: ten minutes, twice as long as a prune keeps a claim. */
  readonly patience?: Patience;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** What is the same in every plan that makes nothing. There need not be a clone: which of two lines is newer is told by the times of their commits. */
export const MAKES_NOTHING: Pick<ReleasePlan, 'quorum' | 'provenance' | 'runner' | 'history' | 'allowed' | 'adopt'> = {
  quorum: 0,
  provenance: { dirty: false },
  runner: { ci: false },
  history: { relation: async () => 'unknown' },
  allowed: [],
  adopt: false,
};
