/** The commands as functions that show releases. */
import {
  type LogOptions,
  resolveLog,
  resolveStatus,
  resolveWhois,
  type StatusOptions,
  type WhoisOptions,
} from '../config/resolve-history.ts';
import { runContext } from '../library-context.ts';
import { log as readLog } from '../live/log.ts';
import { status as readStatus } from '../live/status.ts';
import { whois as lookFor } from '../live/whois.ts';
import type { ReleaseLog, Status, Whois } from '../model.ts';
import type { LibraryContext } from './context.ts';

/**
 * The generations of a channel, newest first, or with `at` what was live at that time.
 *
 * @example
 * const { generations } = await log({ channel: 'prod', limit: '5' }, { cwd, env: process.env });
 * console.log(generations.map(({ generation, kind, at }) => `${generation} ${kind} ${at}`));
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `NOT_FOUND`; the store errors where no store answers
 */
export async function log(options: LogOptions, context: LibraryContext): Promise<ReleaseLog> {
  return readLog(await resolveLog(options, context), runContext(context));
}

/**
 * What is live in every channel and store. Stores that do not answer are in the answer.
 *
 * @example
 * const { channels } = await status({ channels: ['prod'] }, { cwd, env: process.env });
 * const behind = Object.entries(channels[0].stores).filter(([, { state }]) => state !== 'current');
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `NOT_FOUND`; the store errors where no store answers
 */
export async function status(options: StatusOptions, context: LibraryContext): Promise<Status> {
  return readStatus(await resolveStatus(options, context), runContext(context));
}

/**
 * Where a digest comes from: artifacts, channels, generations, versions, commit, and where it is live.
 *
 * @example
 * const { places } = await whois({ digest: 'sha256:1f9c07aa' }, { cwd, env: process.env });
 * console.log(places.map(({ artifact, channel, live }) => `${artifact} ${channel} ${live}`));
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `NOT_FOUND`; the store errors where no store answers
 */
export async function whois(options: WhoisOptions, context: LibraryContext): Promise<Whois> {
  return lookFor(await resolveWhois(options, context), runContext(context));
}
