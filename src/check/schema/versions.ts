import { SlipwayError } from '../../errors.ts';

function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}

/** The known version nearest to a wanted one. `1.3` was written for `1.30`: YAML drops the zero of an unquoted number. */
function nearest(wanted: string, known: readonly string[]): string {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(wanted) ?? [];
  const restored = `${wanted}0`;
  if (known.includes(restored)) return restored;
  const first = known[0] ?? '';
  const last = known.at(-1) ?? first;
  if (major === undefined || minor === undefined) return last;
  const ours = first.split('.')[0];
  if (Number(major) !== Number(ours)) return Number(major) < Number(ours) ? first : last;
  return minorOf(wanted) < minorOf(first) ? first : last;
}

/**
 * The position of a version (`1.34`, `v1.34`, `1.34.2`) among the known ones. Throws `CONFIG` for others, with the nearest
 * as hint; `what` names the product, its key and its flag: `Kubernetes`, `check.kubernetes`, `--kubernetes`.
 */
export function versionIndex(
  version: string,
  known: readonly string[],
  what: { readonly product: string; readonly key: string; readonly flag: string },
): number {
  const minor = /^v?(\d+\.\d+)(?:\.\d+)?$/.exec(version.trim())?.[1] ?? version;
  const index = known.indexOf(minor);
  if (index !== -1) return index;
  const offered = nearest(minor, known);
  const range = `${known[0] ?? ''} to ${known.at(-1) ?? ''}`;
  throw new SlipwayError('CONFIG', `No schemas for ${what.product} "${version}": known are ${range}`, {
    hint: `set ${what.key} to "${offered}", in quotes, or pass ${what.flag} ${offered}`,
  });
}
