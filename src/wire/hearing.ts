/** Whether a server still answers: whoever hangs would keep every further request waiting. */

/** What is known of one server, or of one store. */
export interface Hearing {
  /** Whether it is not to be asked any more. */
  isLost(): boolean;
  /** Runs an exchange. Throws {@link NotAsked} in its place where the server is lost. */
  listen<T>(exchange: () => Promise<T>): Promise<T>;
  /** Tells that one request got no answer as often as it may be sent. */
  lose(): void;
}

/** The server left two requests without an answer before. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';

  constructor() {
    super('left two requests without an answer, and is not asked again');
  }
}

/**
 * A server counts as lost when a request ends in silence (by `isSilence`) that began after another one did so, with no answer to
 * any in between: requests at the same moment count once.
 */
export function hearing(isSilence: (thrown: unknown) => boolean): Hearing {
  let lost = false;
  let silentSince: number | undefined;
  const note = (thrown: unknown, begun: number): void => {
    if (!isSilence(thrown)) silentSince = undefined;
    else if (silentSince === undefined) silentSince = performance.now();
    else if (begun >= silentSince) lost = true;
  };
  return {
    isLost: () => lost,
    async listen(exchange) {
      if (lost) throw new NotAsked();
      const begun = performance.now();
      try {
        const answer = await exchange();
        silentSince = undefined;
        return answer;
      } catch (thrown) {
        note(thrown, begun);
        throw thrown;
      }
    },
    lose() {
      lost = true;
    },
  };
}
