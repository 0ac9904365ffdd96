/** Requests that are allowed for some time only: whatever keeps them waiting, they are not sent after it. */
import type { StillMay } from '../ship/ports.ts';

/** A request was not sent, for this reason. Not its `cause`: the AWS SDK looks into causes for what may be repeated. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly reason: unknown;

  constructor(reason: unknown) {
    super('it may not be sent any more');
    this.reason = reason;
  }
}

/** Throws {@link Stopped} with what `still` throws. */
export function askWhether(still: StillMay | undefined): void {
  try {
    still?.();
  } catch (reason) {
    throw new Stopped(reason);
  }
}
