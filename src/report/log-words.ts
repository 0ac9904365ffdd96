/** Words that the log, the status and the whereabouts of a digest share. Texts of others come out on one line. */
import type { GateAnswer, Job, LogGeneration, RecordKind, Taken, WaveStep } from '../model.ts';
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';
import { counted } from './table.ts';

const UNITS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long before `now` a time was: `3 hours ago`. Whole units, rounded down. Both are ISO 8601. */
export function ageText(at: string, now: string): string {
  const seconds = Math.round((Date.parse(now) - Date.parse(at)) / 1000);
  if (Number.isNaN(seconds)) return 'at an unknown time';
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  const count = Math.floor(Math.abs(seconds) / length);
  if (count === 0) return 'just now';
  return seconds > 0 ? `${counted(count, unit)} ago` : `${counted(count, unit)} ahead of this machine's clock`;
}

/** The first 12 digits of a commit. */
export const shortCommit = (commit: string): string => plain(commit).slice(0, 12);

/** Up to three names, else how many there are. */
const fewNames = (names: readonly string[], noun: string): string =>
  names.length > 3 ? counted(names.length, noun) : names.map(plain).join(', ');

/** Up to ten names, and how many more. */
export function manyNames(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(plain).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

/** `staging@41`, `1.4.0`, `38` where it is the same channel. */
export function takenText({ channel, generation, version }: Taken, own: string): string {
  if (version !== undefined) return plain(version);
  const number = generation === undefined || generation === 0 ? '' : String(generation);
  if (channel === undefined || channel === own) return number;
  return number === '' ? plain(channel) : `${plain(channel)}@${number}`;
}

/** `promote from staging@41`, `rollback to 38`, `promote from staging@41 (canary, 1 of 3)`. */
export function kindText(
  { kind, from, wave }: { readonly kind: RecordKind; readonly from?: Taken; readonly wave?: WaveStep },
  channel: string,
): string {
  const taken = from === undefined ? '' : takenText(from, channel);
  const to = kind === 'rollback' ? ` to ${taken === '' ? 'before slipway' : taken}` : ` from ${taken}`;
  const where = from === undefined || (taken === '' && kind !== 'rollback') ? '' : to;
  return `${kind}${where}${wave === undefined ? '' : ` (${plain(wave.name)}, ${wave.step} of ${wave.of})`}`;
}

/** `run 812 of acme/fleet, https://…`; empty where nothing is known. */
export function jobText({ pipeline, runNumber, url }: Job): string {
  const number = runNumber === undefined ? '' : `run ${runNumber}`;
  const run = [number, ...(pipeline === undefined ? [] : [plain(pipeline)])].filter((part) => part !== '').join(' of ');
  return [run, ...(url === undefined ? [] : [plain(url)])].filter((part) => part !== '').join(', ');
}

/** `gate change: approved (CHG-12)`. */
export const gateText = ({ name, reason, reference }: GateAnswer): string =>
  [
    `gate ${plain(name)}`,
    ...(reason === undefined ? [] : [`: ${plain(reason)}`]),
    ...(reference === undefined ? [] : [` (${plain(reference)})`]),
  ].join('');

/** What a generation changed: `changed db, web; removed 12 artifacts`. */
export function changesText({ changes }: Pick<LogGeneration, 'changes'>): string {
  const { added, changed, removed, compared } = changes;
  const parts = [
    ...(added.length === 0 ? [] : [`added ${fewNames(added, 'artifact')}`]),
    ...(changed.length === 0 ? [] : [`${compared ? 'changed' : 'brought'} ${fewNames(changed, 'artifact')}`]),
    ...(removed.length === 0 ? [] : [`removed ${fewNames(removed, 'artifact')}`]),
  ];
  const none = compared ? 'no content changed' : 'brought no content';
  return parts.length === 0 ? none : parts.join('; ');
}

/** What keeps an answer from being the whole truth, a line each. */
export const warningLines = (warnings: readonly string[], paint: Paint): readonly string[] =>
  warnings.map((text) => `${paint('yellow', 'warning')}: ${plain(text)}`);
