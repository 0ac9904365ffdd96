/** An S3 bucket as {@link Objects}, by the AWS SDK. Import this file when a bucket is opened: it loads the SDK (0.1 s). */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SlipwayError } from '../errors.ts';
import type { ObjectInfo, ObjectListing, Objects, PutOptions, PutResult } from '../ship/ports.ts';
import { type BucketOptions, createClient } from './s3-client.ts';
import { answerOf, bucketError, isCutBody } from './s3-errors.ts';

export type { BucketOptions } from './s3-client.ts';

interface Session {
  readonly client: S3Client;
  readonly options: BucketOptions;
}

/**
 * Opens a bucket; no request is made before the first call. Every write is one PutObject of the whole object with
 * `Content-MD5`, `x-amz-checksum-sha256` and `x-amz-meta-sha256`. Throws `CONFIG` when no region is known or `ca` cannot
 * be read. The methods throw `NETWORK`, `TLS`, `AUTH`, `DENIED`, `NOT_FOUND` (the bucket), `RATE_LIMITED`, `TOO_LARGE`,
 * `CORRUPT`, `INTERRUPTED` and `STORE`. A create-only `put` answers `exists` for its own write when the answer to an
 * earlier attempt was lost: read it back.
 */
export function openBucket(options: BucketOptions): Objects {
  const session: Session = { client: createClient(options), options };
  return {
    get: (key) => getObject(session, key),
    put: (key, bytes, put) => putObject(session, { key, bytes, put }),
    list: (prefix, list = {}) => listObjects(session, prefix, list),
  };
}

async function getObject(session: Session, key: string): ReturnType<Objects['get']> {
  const { client, options } = session;
  const command = new GetObjectCommand({ Bucket: options.bucket, Key: options.prefix + key });
  const doing = `read "${options.prefix}${key}" from bucket "${options.bucket}"`;
  const run = async (): ReturnType<Objects['get']> => {
    const output = await client.send(command).catch(absent);
    if (output === undefined) return undefined;
    if (output.Body === undefined || output.ETag === undefined) throw notS3(doing);
    return { bytes: await output.Body.transformToByteArray(), etag: unquote(output.ETag) };
  };
  // The SDK's retries end where the body begins.
  return persist(session, { doing, run, again: isCutBody });
}

function absent(thrown: unknown): undefined {
  const { name, status } = answerOf(thrown);
  if (status !== 404 || name === 'NoSuchBucket') throw thrown;
}

interface Put {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly put: PutOptions;
}

async function putObject(session: Session, { key, bytes, put }: Put): Promise<PutResult> {
  const { client, options } = session;
  const command = putCommand(options, { key, bytes, put });
  const doing = `write "${options.prefix}${key}" to bucket "${options.bucket}"`;
  const run = async (): Promise<PutResult> => {
    try {
      const { ETag } = await client.send(command);
      if (ETag === undefined) throw notS3(doing);
      return { outcome: 'created', etag: unquote(ETag) };
    } catch (thrown) {
      if (put.create === true && answerOf(thrown).status === 412) return { outcome: 'exists' };
      throw thrown;
    }
  };
  return persist(session, { doing, run, again: isConflict, conditional: put.create === true });
}

function putCommand({ bucket, prefix }: BucketOptions, { key, bytes, put }: Put): PutObjectCommand {
  const sha256 = createHash('sha256').update(bytes).digest();
  return new PutObjectCommand({
    Bucket: bucket,
    Key: prefix + key,
    Body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    ContentType: put.contentType,
    ContentMD5: createHash('md5').update(bytes).digest('base64'),
    ChecksumSHA256: sha256.toString('base64'),
    Metadata: { ...put.metadata, sha256: sha256.toString('hex') },
    ...(put.cacheControl !== undefined && { CacheControl: put.cacheControl }),
    ...(put.create === true && { IfNoneMatch: '*' }),
  });
}

/** 409 ConditionalRequestConflict: another write to this key is under way. The SDK does not repeat it. */
function isConflict(thrown: unknown): boolean {
  return answerOf(thrown).status === 409;
}

type ListOptions = NonNullable<Parameters<Objects['list']>[1]>;

interface Pages {
  readonly objects: ObjectInfo[];
  readonly prefixes: Set<string>;
}

async function listObjects(session: Session, prefix: string, list: ListOptions): Promise<ObjectListing> {
  const pages: Pages = { objects: [], prefixes: new Set() };
  const limit = list.limit ?? Number.POSITIVE_INFINITY;
  let token: string | undefined;
  do {
    const room = limit - pages.objects.length - pages.prefixes.size;
    token = await listPage(session, { prefix, list, room, token }, pages);
    // A store may answer fewer entries than it was asked for.
  } while (token !== undefined && pages.objects.length + pages.prefixes.size < limit);
  return {
    objects: inByteOrder(pages.objects, ({ key }) => key),
    prefixes: inByteOrder([...pages.prefixes], (name) => name),
  };
}

interface Page {
  readonly prefix: string;
  readonly list: ListOptions;
  /** How many more entries are wanted. */
  readonly room: number;
  readonly token: string | undefined;
}

/** Adds one page to `pages` and answers the token of the next, if there is one. */
async function listPage(session: Session, page: Page, pages: Pages): Promise<string | undefined> {
  const { bucket, prefix: base } = session.options;
  const { delimiter, startAfter } = page.list;
  const doing = `list "${base}${page.prefix}" in bucket "${bucket}"`;
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: base + page.prefix,
    ...(delimiter !== undefined && { Delimiter: delimiter }),
    ...(startAfter !== undefined && { StartAfter: base + startAfter }),
    ...(page.room < 1000 && { MaxKeys: page.room }),
    ...(page.token !== undefined && { ContinuationToken: page.token }),
  });
  const run = () => session.client.send(command);
  const output = await persist(session, { doing, run, again: () => false });
  const { IsTruncated, NextContinuationToken } = output;
  if (IsTruncated === undefined || (IsTruncated && NextContinuationToken === undefined)) throw notS3(doing);
  for (const { Key = '', ETag = '', Size = 0 } of output.Contents ?? []) {
    pages.objects.push({ key: Key.slice(base.length), etag: unquote(ETag), size: Size });
  }
  for (const { Prefix = '' } of output.CommonPrefixes ?? []) pages.prefixes.add(Prefix.slice(base.length));
  return IsTruncated ? NextContinuationToken : undefined;
}

/** S3 lists in byte order; stores that gather a listing from several disks have not always done so. */
function inByteOrder<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const keyed = items.map((item) => ({ item, bytes: Buffer.from(keyOf(item)) }));
  return keyed.sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ item }) => item);
}

interface Request<T> {
  /** Completes `Cannot …`. */
  readonly doing: string;
  readonly conditional?: boolean;
  run(): Promise<T>;
  /** Whether to repeat what the SDK does not repeat by itself. */
  again(thrown: unknown): boolean;
}

async function persist<T>(session: Session, request: Request<T>): Promise<T> {
  const { signal, attempts = 5 } = session.options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request.run();
    } catch (thrown) {
      if (attempt >= attempts || !request.again(thrown)) throw await failure(session, thrown, request);
    }
    // An abort ends the pause, and the next attempt reports it.
    await sleep(Math.random() * 50 * 2 ** attempt, undefined, signal && { signal }).catch(() => undefined);
  }
}

async function failure(session: Session, thrown: unknown, request: Request<unknown>): Promise<SlipwayError> {
  const { doing, conditional = false } = request;
  // Only a server that got credentials can echo them; to ask the chain again when it found none would take seconds.
  const reached = answerOf(thrown).status !== undefined;
  // The server may have been the one that gives out credentials, and then there are none.
  const known = reached ? await session.client.config.credentials().catch(() => undefined) : undefined;
  const secrets = [known?.secretAccessKey ?? '', known?.sessionToken ?? ''];
  return bucketError(thrown, { doing, conditional, secrets, signal: session.options.signal });
}

function notS3(doing: string): SlipwayError {
  const hint = 'check that the endpoint is an S3 store';
  return new SlipwayError('STORE', `Cannot ${doing}: the answer is not one of S3`, { hint });
}

function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
