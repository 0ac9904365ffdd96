/** Real S3 servers besides MinIO, one for each kind of honesty about conditional writes, and buckets on any of them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import type { Objects } from '../../src/ship/ports.ts';
import { openBucket } from '../../src/wire/s3.ts';
import { onFreePort, type RunningS3, serverAt } from './s3/running.ts';
import { launch } from './server-process.ts';

export { startCeph } from './s3/ceph.ts';
export type { RunningS3 } from './s3/running.ts';
export { startSwift } from './s3/swift.ts';

const USER = { accessKey: 'slipway-access', secretKey: 'slipway-secret' };

/** Versity's gateway over a folder: 1.8.0, whose create-only writes are atomic, or 1.7.0, where several writers may win. */
export function startVersitygw(tool: 'versitygw' | 'versitygw-racy' = 'versitygw'): Promise<RunningS3> {
  return onFreePort(async (port) => {
    const server = await launch({
      tool,
      prepare: async (folder) => void (await mkdir(join(folder, 'data'))),
      // Its default is a new connection for each request.
      args: (folder) => ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', join(folder, 'data')],
      env: { ROOT_ACCESS_KEY: USER.accessKey, ROOT_SECRET_KEY: USER.secretKey, VGW_REGION: 'us-east-1' },
    });
    return serverAt(port, USER, [server]);
  });
}

/** s3rver 3.7.1, an emulator for tests: it takes any write, whatever the condition, and asks nobody for a signature. */
export function startS3rver(): Promise<RunningS3> {
  return onFreePort(async (port) => {
    const server = await launch({
      tool: 's3rver',
      args: (folder) => [
        '--address',
        '127.0.0.1',
        '--port',
        `${port}`,
        '--directory',
        join(folder, 'data'),
        '--silent',
      ],
    });
    // The only user it has.
    return serverAt(port, { accessKey: 'S3RVER', secretKey: 'S3RVER' }, [server]);
  });
}

/** What is needed of a server to open a bucket on it. */
export type S3Address = Pick<RunningS3, 'endpoint' | 'region' | 'accessKey' | 'secretKey'>;

/** The environment of a client: credentials, region and endpoint. */
export function environmentOf(server: S3Address): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: server.accessKey,
    AWS_SECRET_ACCESS_KEY: server.secretKey,
    AWS_REGION: server.region,
    AWS_ENDPOINT_URL: server.endpoint,
  };
}

/** Makes a bucket; with `versioned`, one that keeps old versions. */
export async function makeBucket(
  server: S3Address,
  bucket: string,
  { versioned = false }: { readonly versioned?: boolean } = {},
): Promise<void> {
  const { endpoint, region, accessKey: accessKeyId, secretKey: secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    if (!versioned) return;
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  } finally {
    client.destroy();
  }
}

/** A bucket of a server as slipway sees it. */
export function objectsOf(server: S3Address, bucket: string, prefix = ''): Objects {
  return openBucket({ bucket, prefix, env: environmentOf(server), meter: { reads: 0, writes: 0 } });
}
