import type { PolicyCommand, Rendered, Tenant } from '../../model.ts';
import type { Setting } from '../rule.ts';
import type { Targets } from '../schema/catalog.ts';

/** A file with CustomResourceDefinitions. */
export interface CrdFile {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
}

/** What a policy program answered. */
export interface PolicyAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A thread that is asked. Questions and answers are plain data. */
export interface Thread {
  /** Rejects when the thread fails or ends before it answers. */
  readonly ask: (question: unknown) => Promise<unknown>;
  readonly end: () => Promise<void>;
}

/** What a run's checks are told, and what the outside lends to them. */
export interface CheckOptions {
  readonly targets: Targets;
  readonly crds: readonly CrdFile[];
  /** Settings of rules by id; what is not named has its own. */
  readonly rules: Readonly<Record<string, Setting>>;
  readonly tenants: readonly Tenant[];
  readonly commands: readonly PolicyCommand[];
  /** Runs a policy program on a stream of manifests. Throws when it is missing, takes too long or prints too much. */
  readonly runPolicy: (command: PolicyCommand, manifests: Uint8Array) => Promise<PolicyAnswer>;
  /** Asks an image's registry; absent when nobody wants to know. Throws what kept the registry from answering. */
  readonly imageExists?: (reference: string) => Promise<boolean>;
  /** What is published of an artifact already; absent when nobody wants to compare. Undefined before the first release. */
  readonly published?: (artifact: string) => Rendered | undefined;
  /** Threads of `check-worker.ts`; none on machines that have no core to spare. */
  readonly openThreads?: () => readonly Thread[];
  readonly signal?: AbortSignal | undefined;
}
