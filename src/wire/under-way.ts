/** What is under way and ends with the run. */

/** Something that can be ended before its time: a request, or whatever stands for one. */
export interface Endable {
  destroy(error: Error): unknown;
}

/** The set of what is under way. */
export interface UnderWay {
  add(work: Endable): void;
  delete(work: Endable): void;
}

/**
 * One listener for all requests, and none while there are none. Given to each request, the signal would get as many
 * listeners as there are, and Node warns of a leak at eleven.
 */
export function endingWith(signal: AbortSignal | undefined): UnderWay {
  const all = new Set<Endable>();
  const endAll = (): void => {
    for (const work of all) work.destroy(new Error('aborted'));
  };
  return {
    add(work) {
      if (all.size === 0) signal?.addEventListener('abort', endAll);
      all.add(work);
      // It may have fired before: while certificates were read, or while others had their turn.
      if (signal?.aborted === true) endAll();
    },
    delete(work) {
      all.delete(work);
      if (all.size === 0) signal?.removeEventListener('abort', endAll);
    },
  };
}
