/** What heal finds damaged, and what it did about it. */
import { asSlipwayError, type SlipwayError } from '../../errors.ts';
import type { Entry } from '../../model.ts';

/** What a run did in one store, and what it could not do. */
export interface Mends {
  /** Artifacts of which something was missing or stale and is there now. */
  readonly completed: Set<string>;
  /** Artifacts of which something was damaged and is whole now. */
  readonly repaired: Set<string>;
  /** Records and claims that were copied or restored. */
  documents: number;
  /** Entries that got a proof. */
  readonly attached: Map<string, Entry>;
  /** A record of which nothing tells whether this store keeps the true copy. */
  dispute: SlipwayError | undefined;
  /** Why an artifact is not whole, by its name. */
  readonly failures: Map<string, unknown>;
}

/** How often something was written. */
export const countOf = ({ completed, repaired, documents }: Mends): number =>
  completed.size + repaired.size + documents;

/** Nothing is believed without having been read. */
export const IN_FULL: { readonly inFull: true } = { inFull: true };

/** Whether something is there and is not what it has to be. */
export const isDamage = (thrown: unknown): boolean => asSlipwayError(thrown).code === 'CORRUPT';

/** What is damaged counts as absent: whoever misses it writes it. */
export async function unlessDamaged<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (isDamage(thrown)) return undefined;
    throw thrown;
  }
}
