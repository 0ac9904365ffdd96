/** What logs and timestamps prove. */
import type { TrustRoot } from '../trust/root.ts';
import type { Check, Verified } from './answer.ts';
import { type LogEntry, logOf, logWasInUse } from './log-entry.ts';
import type { ParsedBundle } from './parse.ts';
import { refusal } from './refusal.ts';
import type { Confirmed } from './signed-entity.ts';

/** A signature of whom the policy wants. */
export type Authentic = Pick<Verified, 'checked' | 'notes' | 'signer' | 'time' | 'log'>;

const BY = { log: 'transparency log', timestamp: 'timestamp authority' } as const;

/** The log entries of a bundle. */
export const logEntriesOf = ({ bundle }: ParsedBundle): readonly LogEntry[] => bundle.verificationMaterial.tlogEntries;

/**
 * Places and times of entries that the library confirmed; `checked` is what stands before them.
 * Throws a bare `UNTRUSTED` reason for a log that the trust root did not have at that time.
 */
export function provenBy(
  parsed: ParsedBundle,
  { times }: Confirmed,
  root: TrustRoot,
  checked: readonly Check[],
): Pick<Authentic, 'checked' | 'time' | 'log'> {
  const [earliest] = times.map(({ at }) => at).sort((a, b) => a.getTime() - b.getTime());
  const entries = logEntriesOf(parsed);
  // Entries without a promise do not say when they were made: the library cannot ask then whether the log's key still held.
  const unpromised = entries.filter(({ inclusionPromise }) => inclusionPromise === undefined);
  if (earliest !== undefined && unpromised.some((entry) => !logWasInUse(entry, root, earliest))) {
    throw refusal(
      'its log was not in use at the time of the signature, says the trusted root',
      'renew the trusted root',
    );
  }
  const places = entries.map((entry) => ({ url: logOf(entry, root)?.baseURL ?? '', index: indexOf(entry) }));
  const [log] = places;
  return {
    checked: [
      ...checked,
      ...places.map(({ url, index }): Check => ({ what: 'log', detail: `entry ${index} of ${url}` })),
      ...times.map(({ by, at }): Check => ({ what: 'timestamp', detail: `${at.toISOString()}, by a ${BY[by]}` })),
    ],
    ...(earliest === undefined ? {} : { time: earliest.toISOString() }),
    ...(log === undefined ? {} : { log }),
  };
}

/** The number that the log has signed: in its promise the global one, in the proof that of the shard. */
function indexOf({ inclusionPromise, inclusionProof, logIndex }: LogEntry): string {
  return inclusionPromise === undefined ? (inclusionProof?.logIndex ?? logIndex) : logIndex;
}
