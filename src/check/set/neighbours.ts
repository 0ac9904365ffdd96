/** The artifacts of a run that may go to the same cluster as another one. */
import type { ArtifactView } from '../view.ts';
import { Holdings } from './holdings.ts';

/** What all artifacts of a run hold. */
export class Neighbourhood {
  readonly all: readonly Holdings[];
  private readonly known = new Map<Holdings, Map<Holdings, boolean>>();

  constructor(views: readonly ArtifactView[]) {
    this.all = views.map((view) => new Holdings(view));
  }

  /** Whether another artifact that may go to the same cluster has what is looked for. */
  has(own: Holdings, wanted: (other: Holdings) => boolean): boolean {
    return this.all.some((other) => other !== own && wanted(other) && this.mayMeet(own, other));
  }

  /**
   * Whether two artifacts may go to the same cluster. Two that hold one object are copies for two clusters: what is in
   * the one is not there for the other.
   */
  mayMeet(one: Holdings, other: Holdings): boolean {
    const asked = this.known.get(one) ?? new Map<Holdings, boolean>();
    this.known.set(one, asked);
    const answer = asked.get(other) ?? one.isApartFrom(other);
    asked.set(other, answer);
    return answer;
  }
}
