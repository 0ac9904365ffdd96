/** A bucket on MinIO that clients read as a registry, without credentials: by its own host, and by a proxy. */

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import type { Objects } from '../../src/ship/ports.ts';
import { openBucket } from '../../src/wire/s3.ts';
import { type RunningMinio, startMinio } from './servers.ts';

const BUCKET = 'fleet';
const DOMAIN = 'localhost';

/** Called when a write to the registry has taken effect, before its answer is passed on. */
export type AfterWrite = () => Promise<void>;

/** A bucket with its readers' way to it. */
export interface RegistryBucket {
  readonly env: Readonly<Record<string, string>>;
  /** `s3://fleet/gitops?…` for publishers; their requests pass by {@link watch}. */
  readonly store: string;
  /** The whole bucket, as its owner sees it. */
  readonly objects: Objects;
  /** The bucket's own host, `fleet.localhost:PORT`, which nobody resolves: clients need {@link throughProxy}. */
  readonly virtualHost: string;
  /** The environment in which clients reach every host through the proxy. */
  readonly throughProxy: Readonly<Record<string, string>>;
  /** A host of its own, `127.0.0.1:PORT`, behind which the bucket lies. */
  readonly host: string;
  /** What an anonymous client gets from {@link host}; undefined for 404 and 403. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** What a missing key is answered with. */
  missing(): Promise<number>;
  watch(look: AfterWrite): void;
  stop(): Promise<void>;
}

/** What readers may do. */
export interface Reading {
  /** The bucket's policy. */
  readonly policy: string;
  /** What a missing key is answered with: AWS says 403 to who may not list, and MinIO never does. */
  readonly missing: 403 | 404;
}

/** Starts MinIO with a bucket that has this policy, and both proxies. */
export async function startRegistryBucket({ policy, missing }: Reading): Promise<RegistryBucket> {
  const minio = await startMinio({ domain: DOMAIN });
  const port = Number(minio.host.split(':')[1]);
  const virtualHost = `${BUCKET}.${DOMAIN}:${port}`;
  let look: AfterWrite = async () => {};
  const readers = await startProxy(port, { host: () => virtualHost, missing });
  const publishers = await startProxy(port, { host: (own) => own, after: () => look() });
  const env = { AWS_ACCESS_KEY_ID: minio.accessKey, AWS_SECRET_ACCESS_KEY: minio.secretKey };
  await makeBucket(minio, policy);
  const get = (path: string): Promise<Response> => fetch(`http://${readers.host}/${path}`);
  return {
    env,
    store: `s3://${BUCKET}/gitops?layout=registry&region=us-east-1&endpoint=http://${publishers.host}`,
    objects: openBucket({
      ...{ bucket: BUCKET, prefix: '', region: minio.region, endpoint: minio.endpoint },
      ...{ env, meter: { reads: 0, writes: 0 } },
    }),
    virtualHost,
    throughProxy: { HTTP_PROXY: `http://${readers.host}`, NO_PROXY: '' },
    host: readers.host,
    async read(key) {
      const response = await get(key);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (response.ok) return bytes;
      if (response.status === 404 || response.status === 403) return undefined;
      throw new Error(`GET ${key} answered ${response.status}`);
    },
    missing: async () => (await get('v2/gitops/none/manifests/none')).status,
    watch(next) {
      look = next;
    },
    stop: async () => void (await Promise.all([readers.stop(), publishers.stop(), minio.stop()])),
  };
}

async function makeBucket({ endpoint, region, accessKey, secretKey }: RunningMinio, policy: string): Promise<void> {
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await client.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: policy }));
  client.destroy();
}

interface Proxy {
  readonly host: string;
  stop(): Promise<void>;
}

interface Mapping {
  /** The host that MinIO is asked by, of the one that the client asked by. */
  readonly host: (own: string) => string;
  readonly after?: AfterWrite;
  readonly missing?: number;
}

/** Passes requests on, in the form of proxies or as a server. */
async function startProxy(port: number, { host, after, missing = 404 }: Mapping): Promise<Proxy> {
  const server: Server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const path = url.replace(/^http:\/\/[^/]*/, '');
    const options = { port, host: '127.0.0.1', method, path, headers: { ...headers, host: host(headers.host ?? '') } };
    const outgoing = request(options, (answer) => {
      const isWrite = (method === 'PUT' || method === 'DELETE') && path.startsWith(`/${BUCKET}/v2/`);
      const seen = isWrite && after !== undefined ? after() : Promise.resolve();
      seen.then(
        () => {
          const { statusCode = 500 } = answer;
          response.writeHead(statusCode === 404 ? missing : statusCode, answer.headers);
          answer.pipe(response);
        },
        (error: Error) => response.destroy(error),
      );
    });
    outgoing.on('error', (error) => response.destroy(error));
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${own}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
