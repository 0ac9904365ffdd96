/** What can be read of a bucket's setup: for people who want to know why it behaves as it does. */
import {
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  type ObjectLockConfiguration,
  type ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import { throwIfInterrupted } from '../errors.ts';
import type { BucketOptions } from './s3-client.ts';
import { answerOf, regionOf } from './s3-errors.ts';
import { openSession, persist, placeOf, type Session } from './s3-session.ts';

/** A fact that could not be read, and why: the whole sentence of the error. */
export interface Unknown {
  readonly unknown: string;
}

/** Each fact stands for itself: what these credentials may not ask is unknown, and the others are told all the same. */
export interface BucketFacts {
  /** False where the store says that there is no such bucket. */
  readonly exists: boolean | Unknown;
  /** Of the bucket; empty where the store does not say. */
  readonly region: string | Unknown;
  /** Whether these credentials may list below the prefix. */
  readonly mayList: boolean | Unknown;
  readonly versioning: 'off' | 'on' | 'suspended' | Unknown;
  /** `off`; `on` without a default retention; or that retention, in days (a year has 365). */
  readonly objectLock: 'off' | 'on' | { readonly mode: 'governance' | 'compliance'; readonly days: number } | Unknown;
  /** What the bucket does with writes that ask for nothing: `none`, `AES256`, `aws:kms` (with its key, if it has one). */
  readonly encryption: { readonly algorithm: string; readonly key?: string } | Unknown;
  /** The store's clock minus this machine's in seconds, by the `Date` of an answer. */
  readonly clockSeconds: number | Unknown;
}

/**
 * Reads all facts at once with five requests, and never changes anything. Throws `CONFIG` as `openBucket` does, and
 * `INTERRUPTED`.
 */
export async function bucketFacts(options: BucketOptions): Promise<BucketFacts> {
  const session = openSession(options);
  const clock = watchClock(session);
  const [bucket, mayList, versioning, objectLock, encryption] = await Promise.all([
    bucketItself(session),
    fact(session, mayListBelow(session)),
    fact(session, versioningOf(session)),
    fact(session, lockOf(session)),
    fact(session, encryptionOf(session)),
  ]);
  const clockSeconds = clock() ?? { unknown: 'No answer of the store had a date' };
  return { ...bucket, mayList, versioning, objectLock, encryption, clockSeconds };
}

async function fact<T>({ options }: Session, read: Promise<T>): Promise<T | Unknown> {
  try {
    return await read;
  } catch (thrown) {
    throwIfInterrupted(options.signal);
    return { unknown: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function ask<T>(session: Session, what: string, run: () => Promise<T>): Promise<T> {
  const doing = `read ${what} of bucket "${session.options.bucket}"`;
  return persist(session, { doing, action: 'setup', run, again: () => false });
}

/** HEAD tells the region also to those who are refused, and that there is no such bucket without a body. */
async function bucketItself(session: Session): Promise<Pick<BucketFacts, 'exists' | 'region'>> {
  const run = async (): Promise<Pick<BucketFacts, 'exists' | 'region'>> => {
    try {
      const { BucketRegion = '' } = await session.client.send(new HeadBucketCommand(placeOf(session.options)));
      return { exists: true, region: BucketRegion };
    } catch (thrown) {
      const { status } = answerOf(thrown);
      const region = regionOf(thrown);
      if (status === 404) return { exists: false, region: { unknown: 'There is no such bucket' } };
      if (region !== undefined) return { exists: true, region };
      throw thrown;
    }
  };
  const found = await fact(session, ask(session, 'the existence', run));
  return 'unknown' in found ? { exists: found, region: found } : found;
}

async function mayListBelow(session: Session): Promise<boolean> {
  const { prefix } = session.options;
  const command = new ListObjectsV2Command({ ...placeOf(session.options), Prefix: prefix, MaxKeys: 1 });
  return ask(session, 'the list', async () => {
    try {
      await session.client.send(command);
      return true;
    } catch (thrown) {
      if (answerOf(thrown).status === 403 && answerOf(thrown).name === 'AccessDenied') return false;
      throw thrown;
    }
  });
}

async function versioningOf(session: Session): Promise<BucketFacts['versioning']> {
  const command = new GetBucketVersioningCommand(placeOf(session.options));
  const { Status } = await ask(session, 'the versioning', () => session.client.send(command));
  if (Status === undefined) return 'off';
  return Status === 'Enabled' ? 'on' : 'suspended';
}

async function lockOf(session: Session): Promise<BucketFacts['objectLock']> {
  const command = new GetObjectLockConfigurationCommand(placeOf(session.options));
  const lock = await ask(session, 'Object Lock', () =>
    ifSet(async () => (await session.client.send(command)).ObjectLockConfiguration),
  );
  return lock?.ObjectLockEnabled === 'Enabled' ? retentionOf(lock) : 'off';
}

function retentionOf({ Rule }: ObjectLockConfiguration): BucketFacts['objectLock'] {
  const { Mode, Days, Years = 0 } = Rule?.DefaultRetention ?? {};
  if (Mode === undefined) return 'on';
  return { mode: Mode === 'COMPLIANCE' ? 'compliance' : 'governance', days: Days ?? Years * 365 };
}

async function encryptionOf(session: Session): Promise<BucketFacts['encryption']> {
  const command = new GetBucketEncryptionCommand(placeOf(session.options));
  const found = await ask(session, 'the encryption', () =>
    ifSet(async () => (await session.client.send(command)).ServerSideEncryptionConfiguration),
  );
  return defaultOf(found);
}

function defaultOf(found: ServerSideEncryptionConfiguration | undefined): BucketFacts['encryption'] {
  const { SSEAlgorithm, KMSMasterKeyID } = found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault ?? {};
  const key = KMSMasterKeyID === undefined ? {} : { key: KMSMasterKeyID };
  return { algorithm: SSEAlgorithm ?? 'none', ...key };
}

/** S3 says that nothing is set up with an error of its own; a missing bucket is none of these. */
async function ifSet<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    const { status, name } = answerOf(thrown);
    if (status === 404 && name !== 'NoSuchBucket') return undefined;
    throw thrown;
  }
}

/** Notes the `Date` of every answer against this machine's clock; the answer is the one of the quickest exchange. */
function watchClock({ client }: Session): () => number | undefined {
  let best: { readonly took: number; readonly seconds: number } | undefined;
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    const begun = performance.now();
    const result = await handle(request, options);
    const took = performance.now() - begun;
    const date = Date.parse(result.response.headers.date ?? '');
    // A date has whole seconds: in the middle of its second the error is the smallest.
    const seconds = (date + 500 - (Date.now() - took / 2)) / 1000;
    if (!Number.isNaN(date) && (best === undefined || took < best.took)) best = { took, seconds };
    return result;
  };
  return () => (best === undefined ? undefined : Math.round(best.seconds));
}
