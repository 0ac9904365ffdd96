/** An S3 bucket as {@link Objects}, by the AWS SDK. Import this file when a bucket is opened: it loads the SDK (0.1 s). */
import { createHash } from 'node:crypto';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Objects, PutOptions, PutResult, StillMay } from '../ship/ports.ts';
import type { BucketOptions } from './s3-client.ts';
import { answerOf } from './s3-errors.ts';
import { listObjects } from './s3-list.ts';
import { notS3, openSession, persist, placeOf, type Session, sendingWith, unquote } from './s3-session.ts';

export type { BucketOptions } from './s3-client.ts';

/**
 * Opens a bucket; no request is made before the first call. Every write is one PutObject of the whole object with
 * `Content-MD5`, `x-amz-checksum-sha256` and `x-amz-meta-sha256`. Throws `CONFIG` when no region is known or `ca` cannot
 * be read. The methods throw `NETWORK`, `TLS`, `AUTH`, `DENIED`, `NOT_FOUND` (the bucket), `RATE_LIMITED`, `TOO_LARGE`,
 * `CORRUPT`, `INTERRUPTED` and `STORE`. A create-only `put` answers `exists`, and `replace` answers `changed`, for its own
 * write when the answer to an earlier attempt was lost: read it back. `delete` sends one DeleteObject; in a versioned bucket
 * the older versions stay.
 */
export function openBucket(options: BucketOptions): Objects {
  const session = openSession(options);
  return {
    get: (key) => getObject(session, key),
    put: (key, bytes, put) => putObject(session, { key, bytes, put }),
    list: (prefix, list = {}) => listObjects(session, prefix, list),
    replace: (key, bytes, etag, put) => replaceObject(session, { key, bytes, put, ifMatch: etag }),
    delete: (key, still) => deleteObject(session, key, still),
  };
}

async function getObject(session: Session, key: string): ReturnType<Objects['get']> {
  const { client, options } = session;
  const command = new GetObjectCommand({ ...placeOf(options), Key: options.prefix + key });
  const doing = `read "${options.prefix}${key}" from bucket "${options.bucket}"`;
  const run = async (): ReturnType<Objects['get']> => {
    const output = await client.send(command).catch(absent);
    if (output === undefined) return undefined;
    if (output.Body === undefined || output.ETag === undefined) throw notS3(doing);
    return { bytes: await output.Body.transformToByteArray(), etag: unquote(output.ETag) };
  };
  return persist(session, { doing, action: 'read', run, again: () => false });
}

function absent(thrown: unknown): undefined {
  const { name, status } = answerOf(thrown);
  if (status !== 404 || name === 'NoSuchBucket') throw thrown;
}

interface Put {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly put: PutOptions;
  /** Without quotes. */
  readonly ifMatch?: string;
}

async function putObject(session: Session, { key, bytes, put }: Put): Promise<PutResult> {
  const { client, options } = session;
  const command = putCommand(options, { key, bytes, put });
  const doing = `write "${options.prefix}${key}" to bucket "${options.bucket}"`;
  const run = async (): Promise<PutResult> => {
    try {
      const { ETag } = await client.send(command, sendingWith(put.still));
      if (ETag === undefined) throw notS3(doing);
      return { outcome: 'created', etag: unquote(ETag) };
    } catch (thrown) {
      if (put.create === true && answerOf(thrown).status === 412) return { outcome: 'exists' };
      throw thrown;
    }
  };
  return persist(session, { doing, action: 'write', run, again: isConflict, conditional: put.create === true });
}

async function replaceObject(session: Session, write: Put): ReturnType<Objects['replace']> {
  const { client, options } = session;
  const command = putCommand(options, write);
  const doing = `replace "${options.prefix}${write.key}" in bucket "${options.bucket}"`;
  const run = async (): ReturnType<Objects['replace']> => {
    try {
      await client.send(command);
      return 'replaced';
    } catch (thrown) {
      const { name, status } = answerOf(thrown);
      // AWS answers 404 for an object that is gone, others 412.
      if (status === 412 || (status === 404 && name !== 'NoSuchBucket')) return 'changed';
      throw thrown;
    }
  };
  return persist(session, { doing, action: 'write', run, again: isConflict, conditional: true });
}

async function deleteObject(session: Session, key: string, still: StillMay | undefined): Promise<void> {
  const { client, options } = session;
  // One by one: for many at once stores want Content-MD5, which the SDK does not send (aws-sdk-js-v3 issue 6819).
  const command = new DeleteObjectCommand({ ...placeOf(options), Key: options.prefix + key });
  const doing = `delete "${options.prefix}${key}" from bucket "${options.bucket}"`;
  const run = async (): Promise<void> => void (await client.send(command, sendingWith(still)).catch(absent));
  await persist(session, { doing, action: 'delete', run, again: isConflict });
}

function putCommand(options: BucketOptions, { key, bytes, put, ifMatch }: Put): PutObjectCommand {
  const sha256 = createHash('sha256').update(bytes).digest();
  return new PutObjectCommand({
    ...placeOf(options),
    Key: options.prefix + key,
    Body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    ContentType: put.contentType,
    ContentMD5: createHash('md5').update(bytes).digest('base64'),
    ChecksumSHA256: sha256.toString('base64'),
    Metadata: { ...put.metadata, sha256: sha256.toString('hex') },
    ...(put.cacheControl !== undefined && { CacheControl: put.cacheControl }),
    ...(options.sse !== undefined && { ServerSideEncryption: options.sse }),
    ...(options.kmsKey !== undefined && { SSEKMSKeyId: options.kmsKey }),
    ...(put.create === true && { IfNoneMatch: '*' }),
    ...(ifMatch !== undefined && { IfMatch: `"${ifMatch}"` }),
  });
}

/** 409 ConditionalRequestConflict: another write to this key is under way. The SDK does not repeat it. */
function isConflict(thrown: unknown): boolean {
  return answerOf(thrown).status === 409;
}
