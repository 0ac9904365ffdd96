/** How releases are named on the command line: `prod`, `prod@41`, `1.4.0`, a digest. */
import { isDigest } from '../digest.ts';
import type { Digest } from '../model.ts';
import { channelProblem, isVersion } from './names.ts';
import { usage } from './usage.ts';

/** A release, or something in one. Without `generation` it is the newest of the channel. */
export type ReleaseName =
  | { readonly kind: 'channel'; readonly channel: string; readonly generation?: number }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'digest'; readonly digest: Digest };

/** Reads a release's name. Throws `USAGE`, with `option` as what was to be read. */
export function parseReleaseName(text: string, option: string): ReleaseName {
  if (isDigest(text)) return { kind: 'digest', digest: text };
  if (isVersion(text)) return { kind: 'version', version: text };
  const [channel = '', generation, ...more] = text.split('@');
  const wrong = channelProblem(channel);
  if (wrong !== undefined || more.length > 0) {
    throw usage(
      `Cannot use ${option} "${text}": ${wrong ?? 'it has more than one "@"'}`,
      'write a channel (prod), a generation of it (prod@41), a version (1.4.0) or a whole digest',
    );
  }
  if (generation === undefined) return { kind: 'channel', channel };
  if (!/^[1-9]\d{0,8}$/.test(generation)) {
    throw usage(
      `Cannot use ${option} "${text}": "${generation}" is not the number of a generation`,
      `slipway log ${channel} shows them`,
    );
  }
  return { kind: 'channel', channel, generation: Number(generation) };
}

/** A release as messages call it. */
export function releaseNameText(name: ReleaseName): string {
  if (name.kind === 'version') return `version "${name.version}"`;
  if (name.kind === 'digest') return `"${name.digest}"`;
  const { channel, generation } = name;
  return generation === undefined ? `channel "${channel}"` : `generation ${generation} of channel "${channel}"`;
}
