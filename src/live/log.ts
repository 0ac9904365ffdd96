/** `slipway log`: the generations of a channel, and what was live at a time. */
import type { LogSettings } from '../config/resolve-history.ts';
import { didYouMean } from '../config/suggest.ts';
import { SlipwayError } from '../errors.ts';
import type { LiveAt, ReleaseLog } from '../model.ts';
import type { RunContext } from '../plan.ts';
import { liveAt } from '../watch/history/at.ts';
import { artifactOf } from '../watch/history/changes.ts';
import { type History, lineOf, type Placed } from '../watch/history/line.ts';
import { artifactsIn, chosen, gapsAmong, generationOf, isEnough } from '../watch/history/log.ts';
import { type Claims, readClaims, unreadWarning } from './log-claims.ts';
import { askedStores, type ChannelRecords, noRelease, openRecords, type ReadHistory, readDown } from './log-records.ts';
import { openLive } from './open.ts';

/** Versions that are looked at, the newest ones. */
const VERSIONS = 50;

const timeText = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** A name that no generation has is a mistake, unless not all of them are kept. */
function refuseUnknown({ artifacts, channel }: LogSettings, { history, older }: ReadHistory): void {
  if (older.length > 0) return;
  const known = artifactsIn(history);
  const unknown = artifacts.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const message = `Cannot show the log of artifact "${unknown}": no kept generation of channel "${channel}" has it`;
  throw new SlipwayError('NOT_FOUND', message, { hint: didYouMean(unknown, [...known].sort()) });
}

interface Told {
  readonly records: ChannelRecords;
  readonly read: ReadHistory;
  readonly claims: Claims;
  readonly shown: readonly Placed[];
}

function logOf({ config, channel }: LogSettings, { records, read, claims, shown }: Told, at?: LiveAt): ReleaseLog {
  const { history, older, warnings } = read;
  const lower = history.placed.filter((one) => !shown.includes(one)).map(({ record }) => record.generation);
  const last = shown.at(-1)?.record.generation ?? 0;
  return {
    schema: 1,
    project: config.project,
    channel,
    ...(at && { at }),
    generations: shown.map((one) => generationOf(one, claims.claims)),
    gaps: at === undefined ? gapsAmong(history, shown, older.length === 0 && lower.every((n) => n >= last)) : [],
    older: older.length + new Set(lower.filter((generation) => generation < last)).size,
    stores: askedStores(records),
    warnings: [...warnings, ...unreadWarning(claims)],
  };
}

/** Whether the generation that was live then is known, and the one before it, by which clocks are judged. */
function isFound(history: History, wanted: number): boolean {
  const { placed } = liveAt(history, wanted);
  return placed !== undefined && lineOf(history).at(-1) !== placed;
}

function nothingThen({ channel }: LogSettings, time: string, doubts: readonly string[], next: Placed): SlipwayError {
  const { generation, at } = next.record;
  const oldest = `the oldest generation that is kept, ${generation}, was made at ${at}`;
  if (doubts.length > 0)
    return new SlipwayError('NOT_FOUND', `Cannot tell what was live in channel "${channel}" at ${time}: ${oldest}`, {
      hint: 'records that were pruned are gone; a backup of the store may have them',
    });
  return new SlipwayError('NOT_FOUND', `Nothing was live in channel "${channel}" at ${time}: ${oldest}`, {
    hint: 'ask for a later time',
  });
}

/** Milliseconds since 1970. */
interface Moment {
  readonly time: number;
  readonly now: number;
}

async function logAt(settings: LogSettings, records: ChannelRecords, { time, now }: Moment): Promise<ReleaseLog> {
  const read = await readDown(records, (history) => isFound(history, time));
  refuseUnknown(settings, read);
  const { placed, next, doubts } = liveAt(read.history, time);
  if (placed === undefined) {
    if (next === undefined) throw noRelease(settings.channel);
    throw nothingThen(settings, timeText(time), doubts, next);
  }
  const { artifacts: names } = settings;
  const { generation, artifacts } = placed.record;
  const at: LiveAt = {
    time: timeText(time),
    generation,
    ...(next && { until: next.record.at }),
    artifacts: artifacts.filter(({ name }) => names.length === 0 || names.includes(name)).map(artifactOf),
  };
  const claims = await readClaims(records.sites, VERSIONS);
  const early = time > now ? [`${timeText(time)} has not come yet: this is what is live now`] : [];
  const warnings = [...early, ...doubts, ...read.warnings];
  const told = { records, read: { ...read, warnings }, claims, shown: [placed] };
  return logOf(settings, told, at);
}

/**
 * Reads the log of a channel. Throws `NOT_FOUND` for a channel without release, an artifact that nobody knows and a time before
 * everything, and the error of a store where none answers.
 */
export async function log(settings: LogSettings, context: RunContext): Promise<ReleaseLog> {
  const live = await openLive(settings, context);
  const records = await openRecords(live, settings.channel);
  if (records.newest === undefined) throw noRelease(settings.channel);
  if (settings.at !== undefined) return logAt(settings, records, { time: settings.at, now: context.now().getTime() });
  const wish = { limit: settings.limit, artifacts: settings.artifacts };
  const page = settings.artifacts.length === 0 ? settings.limit + 1 : settings.limit;
  const read = await readDown(records, (history, floor) => isEnough(history, wish, floor), page);
  refuseUnknown(settings, read);
  const claims = await readClaims(records.sites, VERSIONS);
  return logOf(settings, { records, read, claims, shown: chosen(read.history, wish) });
}
