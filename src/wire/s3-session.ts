/** Requests of one bucket: repeated where the SDK does not, and explained when they fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { SlipwayError } from '../errors.ts';
import type { StillMay } from '../ship/ports.ts';
import { NotAsked } from './hearing.ts';
import { ProxyFailure } from './proxy.ts';
import { type BucketOptions, createClient, profileOf } from './s3-client.ts';
import { type Action, answerOf, bucketError, isExpired } from './s3-errors.ts';
import type { Sending } from './s3-exchange.ts';
import { type ProfileLog, profileLog } from './s3-profile.ts';
import { type Renewal, renewal } from './s3-renewal.ts';
import { hearingOf, isSilence } from './s3-silence.ts';
import { Stopped } from './stopped.ts';

/** One bucket and the client that reaches it. */
export interface Session {
  readonly client: S3Client;
  readonly options: BucketOptions;
  readonly credentials: Renewal;
  readonly profile: ProfileLog;
}

/** What every request says of the bucket. */
export function placeOf({ bucket, owner }: BucketOptions): {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string;
} {
  return { Bucket: bucket, ...(owner !== undefined && { ExpectedBucketOwner: owner }) };
}

/** One request; `run` is called again for what `again` accepts. */
export interface Request<T> {
  /** Completes `Cannot …`. */
  readonly doing: string;
  readonly action: Action;
  readonly conditional?: boolean;
  run(): Promise<T>;
  /** Whether to repeat what the SDK does not repeat by itself. */
  again(thrown: unknown): boolean;
}

/** A store that hangs keeps the others waiting: what got no answer is sent once more. */
const SILENCES = 2;

/** Opens the client of a bucket; nothing is sent. Throws `CONFIG` as `createClient` does. */
export function openSession(options: BucketOptions): Session {
  const profile = profileLog();
  const client = createClient(options, profile.note);
  return { client, options, credentials: renewal(client), profile };
}

/** What a request whose permission may end is sent with. Without options the SDK uses its cached middleware. */
export const sendingWith = (still: StillMay | undefined): Sending | undefined => still && { still };

/** Runs a request until it succeeds or repeating it is of no use. Throws what `openBucket` says, and what {@link Sending.still} throws. */
export async function persist<T>(session: Session, request: Request<T>): Promise<T> {
  const { signal, attempts = 5, meter } = session.options;
  const hearing = hearingOf(meter);
  let renewed = false;
  let silences = 0;
  for (let attempt = 1; ; attempt += 1) {
    if (hearing.isLost()) throw await failure(session, new NotAsked(), request);
    const era = session.credentials.era();
    try {
      return await request.run();
    } catch (thrown) {
      if (thrown instanceof Stopped) throw thrown.reason;
      const isOver = !renewed && isExpired(thrown);
      if (isOver) renewed = true;
      const isFresh = isOver && (await renew(session, era, request));
      if (isFresh) continue;
      const isSilent = isSilence(thrown);
      if (isSilent) silences += 1;
      if (silences === SILENCES) hearing.lose();
      const isTransient = request.again(thrown) || (thrown instanceof ProxyFailure && thrown.transient);
      const again = isSilent ? !hearing.isLost() : isTransient;
      if (attempt >= attempts || !again) throw await failure(session, thrown, request);
    }
    // An abort ends the pause, and the next attempt reports it.
    await sleep(Math.random() * 50 * 2 ** attempt, undefined, signal && { signal }).catch(() => undefined);
  }
}

async function renew(session: Session, era: number, request: Request<unknown>): Promise<boolean> {
  try {
    return await session.credentials.renew(era);
  } catch (thrown) {
    throw await failure(session, thrown, request);
  }
}

async function failure(session: Session, thrown: unknown, request: Request<unknown>): Promise<SlipwayError> {
  const { doing, action, conditional = false } = request;
  const { owner, bucket, signal } = session.options;
  // Only a server that got credentials can echo them; to ask the chain again when it found none would take seconds.
  const secrets = answerOf(thrown).status === undefined ? [] : await session.credentials.secrets();
  const profile = profileOf(session.options);
  const ofProfile = profile === undefined ? undefined : session.profile.trouble(profile);
  return bucketError(thrown, { doing, action, conditional, bucket, owner, ofProfile, secrets, signal });
}

/** The error for an answer that no S3 store gives. */
export function notS3(doing: string): SlipwayError {
  const hint = 'check that the endpoint is an S3 store';
  return new SlipwayError('STORE', `Cannot ${doing}: the answer is not one of S3`, { hint });
}

/** An ETag without its quotes. */
export function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
