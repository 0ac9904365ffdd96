/** Requests of one bucket: repeated where the SDK does not, and explained when they fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { SlipwayError } from '../errors.ts';
import { ProxyFailure } from './proxy.ts';
import { type BucketOptions, createClient } from './s3-client.ts';
import { type Action, answerOf, bucketError, isExpired } from './s3-errors.ts';
import { type Renewal, renewal } from './s3-renewal.ts';

/** One bucket and the client that reaches it. */
export interface Session {
  readonly client: S3Client;
  readonly options: BucketOptions;
  readonly credentials: Renewal;
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

/** Opens the client of a bucket; nothing is sent. Throws `CONFIG` as `createClient` does. */
export function openSession(options: BucketOptions): Session {
  const client = createClient(options);
  return { client, options, credentials: renewal(client) };
}

/** Runs a request until it succeeds or repeating it is of no use. Throws what `openBucket` says. */
export async function persist<T>(session: Session, request: Request<T>): Promise<T> {
  const { signal, attempts = 5 } = session.options;
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    const era = session.credentials.era();
    try {
      return await request.run();
    } catch (thrown) {
      const isOver = !renewed && isExpired(thrown);
      if (isOver) renewed = true;
      const isFresh = isOver && (await renew(session, era, request));
      if (isFresh) continue;
      const again = request.again(thrown) || (thrown instanceof ProxyFailure && thrown.transient);
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
  return bucketError(thrown, { doing, action, conditional, bucket, owner, secrets, signal });
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
