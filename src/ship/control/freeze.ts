/** Nothing but somebody's word moves a channel that is frozen. */
import type { ReleaseRecord } from '../../model.ts';
import type { Compared } from '../release.ts';
import type { Alteration } from './alter.ts';

/** Freezes the channel, or tells another reason why it is. */
export function freeze(
  { line: { frozen } }: Compared,
  { artifacts, floor }: ReleaseRecord,
  reason: string,
): Alteration {
  if (frozen?.reason === reason) return {};
  return { next: { kind: 'freeze', artifacts, floor, frozen: { reason } } };
}

/** Thaws the channel. */
export function unfreeze({ line: { frozen } }: Compared, { artifacts, floor }: ReleaseRecord): Alteration {
  if (frozen === undefined) return {};
  return { next: { kind: 'unfreeze', artifacts, floor, frozen: undefined } };
}
