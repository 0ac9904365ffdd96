/** A bucket on MinIO as its owner sees it: by the `aws` command line. */
import { type Folder, folder, sha256 } from './folder.ts';
import { run } from './peer.ts';
import { type RunningMinio, startMinio, toolPath } from './servers.ts';

/** An object as `aws s3api list-objects-v2` shows it, the ETag without its quotes. */
export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly modified: string;
}

export interface Bucket {
  readonly minio: RunningMinio;
  /** The bucket's name. */
  readonly name: string;
  /** Credentials and endpoint, for `aws` and for slipway. */
  readonly env: Readonly<Record<string, string>>;
  /** What `aws` prints. */
  aws(...args: readonly string[]): Promise<string>;
  /** Every object below a prefix, in byte order. */
  list(prefix: string): Promise<readonly ListedObject[]>;
  /** What Flux would report: source-controller hashes "key etag" lines, in byte order. */
  fluxRevision(prefix: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts MinIO and makes one bucket. */
export async function startBucket(): Promise<Bucket> {
  const [minio, home] = await Promise.all([startMinio(), folder()]);
  const name = 'fleet';
  const env = {
    AWS_ACCESS_KEY_ID: minio.accessKey,
    AWS_SECRET_ACCESS_KEY: minio.secretKey,
    AWS_REGION: minio.region,
    AWS_ENDPOINT_URL: minio.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const aws: Bucket['aws'] = async (...args) =>
    (await run(toolPath('aws'), [...args, '--output', 'json'], { cwd: home.path, env })).stdout;
  const list: Bucket['list'] = async (prefix) => {
    const printed = await aws('s3api', 'list-objects-v2', '--bucket', name, '--prefix', prefix);
    return listedObjects(printed);
  };
  const stop = (): Promise<void> => stopAll(minio, home);
  try {
    await aws('s3api', 'create-bucket', '--bucket', name);
  } catch (error) {
    await stop();
    throw error;
  }
  const fluxRevision: Bucket['fluxRevision'] = async (prefix) => {
    const lines = (await list(prefix)).map(({ key, etag }) => `${key} ${etag}\n`);
    return `sha256:${sha256(lines.join(''))}`;
  };
  return { minio, name, env, aws, list, fluxRevision, stop };
}

async function stopAll(minio: RunningMinio, home: Folder): Promise<void> {
  await Promise.all([minio.stop(), home.remove()]);
}

interface AwsObject {
  readonly Key: string;
  readonly ETag: string;
  readonly Size: number;
  readonly LastModified: string;
}

/** An empty listing is printed without `Contents`, or not at all. */
function listedObjects(printed: string): readonly ListedObject[] {
  const { Contents = [] } = JSON.parse(printed || '{}') as { readonly Contents?: readonly AwsObject[] };
  return Contents.map(({ Key, ETag, Size, LastModified }) => ({
    key: Key,
    etag: ETag.replaceAll('"', ''),
    size: Size,
    modified: LastModified,
  })).sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}
