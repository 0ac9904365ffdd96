/** A client on a fake bucket, and faults for it. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { type BucketOptions, openBucket } from '../../src/wire/s3.ts';
import { type FakeBucket, type FakeBucketOptions, startFakeBucket, type Verdict } from './bucket.ts';
import { s3Error } from './bucket-operations.ts';

/** A client of the first bucket, under the prefix `gitops/`. */
export function connect(fake: FakeBucket, options: Partial<BucketOptions> = {}): Objects {
  const { endpoint, env } = fake;
  return openBucket({ bucket: 'fleet', prefix: 'gitops/', endpoint, env, meter: { reads: 0, writes: 0 }, ...options });
}

/** Starts stores that stop when the test ends, and keeps the SDK's note about old Node versions out of its output. */
export function fakeBuckets(): (options?: FakeBucketOptions) => Promise<FakeBucket> {
  const stops: (() => Promise<void>)[] = [];
  beforeEach(() => {
    vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  return async (options) => {
    const fake = await startFakeBucket(options);
    stops.push(fake.stop);
    return fake;
  };
}

/** The error that a promise must reject with. */
export async function failureOf(promise: Promise<unknown>): Promise<SlipwayError> {
  const thrown: unknown = await promise.then(
    (value) => new Error(`resolved with ${inspect(value)}`),
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(SlipwayError);
  return thrown as SlipwayError;
}

/** Answers each request with the next verdict; then serves. */
export function script(...verdicts: readonly Verdict[]): FakeBucketOptions {
  return { onRequest: ({ index }) => verdicts[index] };
}

/** Answers every request alike. */
export function always(verdict: Verdict): FakeBucketOptions {
  return { onRequest: () => verdict };
}

/** An S3 error as a canned response. */
export function canned(status: number, code: string, headers: Record<string, string> = {}): Verdict {
  const { body } = s3Error(status, code);
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body: String(body) };
}
