import type { Finding } from './model.ts';

/** Everything that can go wrong, by who has to act. The exit code is part of the interface (see {@link exitCodeOf}). */
export type Code =
  // usage and configuration
  | 'USAGE'
  | 'CONFIG'
  | 'TOOL_MISSING'
  // the source tree
  | 'SOURCE'
  | 'INVALID'
  | 'RENDER'
  | 'FINDINGS'
  // refused on purpose
  | 'REFUSED'
  | 'FOREIGN'
  | 'VERSION_TAKEN'
  // stores
  | 'NETWORK'
  | 'TLS'
  | 'AUTH'
  | 'DENIED'
  | 'NOT_FOUND'
  | 'TOO_LARGE'
  | 'RATE_LIMITED'
  | 'STORE'
  | 'CORRUPT'
  | 'QUORUM'
  // the rest
  | 'UNTRUSTED'
  | 'INTERRUPTED'
  | 'INTERNAL';

const EXIT: Readonly<Record<Code, number>> = {
  SOURCE: 1,
  INVALID: 1,
  RENDER: 1,
  FINDINGS: 1,
  USAGE: 2,
  CONFIG: 2,
  TOOL_MISSING: 2,
  REFUSED: 3,
  FOREIGN: 3,
  VERSION_TAKEN: 3,
  NETWORK: 4,
  TLS: 4,
  AUTH: 4,
  DENIED: 4,
  NOT_FOUND: 4,
  TOO_LARGE: 4,
  RATE_LIMITED: 4,
  STORE: 4,
  CORRUPT: 4,
  QUORUM: 4,
  UNTRUSTED: 5,
  INTERNAL: 70,
  INTERRUPTED: 130,
};

/** What a {@link SlipwayError} carries besides its message. */
export interface ErrorDetails {
  /** What the reader can do about it, as an instruction. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** What the checks found, where that is the error. */
  readonly findings?: readonly Finding[];
}

/**
 * The one error class. Messages are sentence case without a full stop, values quoted, the state after a colon:
 * `Cannot move tag "prod" in store "eu": another run moved it first`. A message never holds a credential.
 */
export class SlipwayError extends Error {
  override readonly name = 'SlipwayError';
  readonly code: Code;
  readonly hint: string | undefined;
  readonly findings: readonly Finding[];

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.findings = details.findings ?? [];
  }
}

/** The process exit code for an error: 1 findings, 2 usage, 3 refused, 4 store, 5 untrusted, 70 internal, 130 interrupted. */
export function exitCodeOf(code: Code): number {
  return EXIT[code];
}

/** Any thrown value as a {@link SlipwayError}; what is not ours becomes `INTERNAL` with the original as cause. */
export function asSlipwayError(thrown: unknown): SlipwayError {
  if (thrown instanceof SlipwayError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new SlipwayError('INTERNAL', message, {
    cause: thrown,
    hint: 'this is a defect: report it with --verbose output',
  });
}

/** Throws `INTERRUPTED` (or the signal's reason, when that is one of ours) once the signal has fired. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const reason: unknown = signal.reason;
  if (reason instanceof SlipwayError) throw reason;
  throw new SlipwayError('INTERRUPTED', 'Interrupted', { cause: reason });
}
