/** What `slipway log`, `slipway status` and `slipway whois` are asked. */
import type { ResolveContext } from './find.ts';
import { channelProblem } from './names.ts';
import { type LiveOptions, type LiveSettings, resolveLive } from './resolve-live.ts';
import { usage } from './usage.ts';

/** Options of `slipway log`. */
export interface LogOptions extends LiveOptions {
  /** Default: that of the config. */
  readonly channel?: string | undefined;
  readonly artifact?: readonly string[] | undefined;
  /** ISO date or time; without a zone it is UTC. */
  readonly at?: string | undefined;
  /** A number. Default: 20. */
  readonly limit?: string | undefined;
}

/** What the log is to show. */
export interface LogSettings extends LiveSettings {
  readonly channel: string;
  readonly artifacts: readonly string[];
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly limit: number;
}

/** Options of `slipway status`. */
export interface StatusOptions extends LiveOptions {
  /** Default: all that the stores have, and those of the config. */
  readonly channels?: readonly string[] | undefined;
}

/** What the status is to show. */
export interface StatusSettings extends LiveSettings {
  /** All when empty. */
  readonly channels: readonly string[];
}

/** Options of `slipway whois`. */
export interface WhoisOptions extends LiveOptions {
  readonly digest: string;
}

/** What is looked for. */
export interface WhoisSettings extends LiveSettings {
  /** `sha256:` and 8 to 64 hexadecimal digits. */
  readonly prefix: string;
}

const TIME =
  /^(?<date>(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d))(?:[Tt ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,]\d{1,9})?)?(?<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Minutes that a zone is ahead of UTC; undefined for one that there is not. */
function offsetOf(zone: string): number | undefined {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const [h, m] = [Number(hours), Number(minutes)];
  if (h > 14 || m > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (h * 60 + m);
}

/**
 * An ISO date or time as milliseconds since 1970, without fractions of a second. A date is its first second, and without a zone
 * it is UTC. Throws `USAGE`.
 */
export function parseTime(text: string, option: string): number {
  const wrong = (why: string) =>
    usage(
      `Cannot use ${option} "${text}": ${why}`,
      'write a time such as 2026-05-01T12:00Z, or a date; without a zone it is UTC',
    );
  const parts = TIME.exec(text)?.groups;
  if (parts === undefined) throw wrong('it is not a time');
  const { date = '', hour = '00', minute = '00', second = '00', zone = 'Z' } = parts;
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date) throw wrong('there is no such day');
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) throw wrong('there is no such time of day');
  const offset = offsetOf(zone);
  if (offset === undefined) throw wrong('there is no such time zone');
  return day.getTime() + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000;
}

/** Reads options and config. Throws `USAGE` and `CONFIG`. */
export async function resolveLog(options: LogOptions, context: ResolveContext): Promise<LogSettings> {
  const { limit = '20', at, artifact = [] } = options;
  if (!/^[1-9]\d{0,8}$/.test(limit))
    throw usage(`Cannot use --limit "${limit}": it is not a number from 1 on`, 'say how many generations to show');
  const time = at === undefined ? undefined : parseTime(at, '--at');
  const live = await resolveLive('show the log', options, context);
  const channel = options.channel ?? live.config.channel;
  if (channel === undefined)
    throw usage('Cannot show the log: no channel is named', 'name one, or set channel in the config');
  const wrong = channelProblem(channel);
  if (wrong !== undefined) throw usage(`Cannot show the log of "${channel}": ${wrong}`, 'name a channel');
  return {
    ...live,
    ...{ channel, artifacts: artifact, limit: Number(limit) },
    ...(time !== undefined && { at: time }),
  };
}

/** Reads options and config. Throws `USAGE` and `CONFIG`. */
export async function resolveStatus(options: StatusOptions, context: ResolveContext): Promise<StatusSettings> {
  const { channels = [] } = options;
  for (const channel of channels) {
    const wrong = channelProblem(channel);
    if (wrong !== undefined) throw usage(`Cannot show the status of "${channel}": ${wrong}`, 'name a channel');
  }
  return { ...(await resolveLive('show the status', options, context)), channels: [...new Set(channels)] };
}

/** Reads options and config. The digest may have a tag before it, as Flux shows revisions. Throws `USAGE` and `CONFIG`. */
export async function resolveWhois(options: WhoisOptions, context: ResolveContext): Promise<WhoisSettings> {
  const { digest } = options;
  const [, hex] = /^(?:[^@]*@)?(?:sha256:)?([0-9a-f]{8,64})…?$/i.exec(digest.trim()) ?? [];
  if (hex === undefined) {
    throw usage(
      `Cannot look for "${digest}": it is not a digest`,
      'write sha256: and at least eight of its hexadecimal digits',
    );
  }
  return { ...(await resolveLive('look for a digest', options, context)), prefix: `sha256:${hex.toLowerCase()}` };
}
