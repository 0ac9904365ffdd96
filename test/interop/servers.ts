import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { launch, type ServerProcess, type ToolName } from './server-process.ts';

export { type ToolName, toolPath } from './server-process.ts';

/** A user of a registry that asks for a password. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A real registry on loopback, empty at its start. */
export interface RunningRegistry {
  /** `127.0.0.1:PORT`, as it stands in an image reference. */
  readonly host: string;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Who may use it; undefined if anybody may. */
  readonly credentials: Credentials | undefined;
  /** What the server has printed so far. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** A real S3 server on loopback. */
export interface RunningMinio {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `http://127.0.0.1:PORT`, for path-style addressing. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** What the server has printed so far. */
  readonly output: () => string;
  readonly signal: ServerProcess['signal'];
  readonly stop: () => Promise<void>;
}

export interface DistributionOptions {
  /** Ask for the credentials (basic auth from an htpasswd file) that the result names. */
  readonly auth?: boolean;
  /** Without files: for releases of many artifacts. */
  readonly inMemory?: boolean;
}

export interface MinioOptions {
  /** Where the objects are kept, so that a later server finds them; otherwise they go with the server. */
  readonly dir?: string;
  /** Where it listens, so that a later server is found at the same place; otherwise any free port. */
  readonly port?: number;
  readonly by?: readonly string[];
  /** Buckets are hosts below it: `http://BUCKET.DOMAIN:PORT`. Otherwise there is path-style addressing alone. */
  readonly domain?: string;
}

// A fixed user, because Node.js cannot make the bcrypt hash that htpasswd files need. Cost 4: cheap on each request.
const user: Credentials = { username: 'slipway', password: 'loopback-only' };
const htpasswd = 'slipway:$2a$04$zj5qrQ2Olr4C8uprV4sdlejOw6bwj721DYjRnPnPqaBZNmzV2AJFa\n';

/** go-containerregistry's registry: in memory, with the referrers API, without `OCI-Subject`. */
export async function startGoRegistry(): Promise<RunningRegistry> {
  const server = await launch({ tool: 'registry', args: () => ['-addr', '127.0.0.1:0'] });
  const host = await server.waitFor(() => /^(127\.0\.0\.1:\d+)$/m.exec(server.output())?.[1]);
  return registry(server, host, undefined);
}

/** Distribution 3: no referrers API; deletion is enabled. */
export function startDistribution(options: DistributionOptions = {}): Promise<RunningRegistry> {
  return startFromConfig('distribution', options);
}

/** Debian's docker-registry 2.8: no referrers API; deletion is enabled. */
export function startDockerRegistry(options: DistributionOptions = {}): Promise<RunningRegistry> {
  return startFromConfig('docker-registry', options);
}

async function startFromConfig(tool: ToolName, options: DistributionOptions): Promise<RunningRegistry> {
  const credentials = options.auth === true ? user : undefined;
  const server = await launch({
    tool,
    prepare: async (folder) => {
      await writeFile(join(folder, 'htpasswd'), htpasswd);
      await writeFile(join(folder, 'config.yml'), JSON.stringify(distributionConfig(folder, options)));
    },
    args: (folder) => ['serve', join(folder, 'config.yml')],
    // Version 3 sends traces to a collector unless told not to.
    env: { OTEL_TRACES_EXPORTER: 'none' },
  });
  const host = await server.waitFor(() => /listening on (127\.0\.0\.1:\d+)/.exec(server.output())?.[1]);
  return registry(server, host, credentials);
}

/** Its configuration is YAML, of which JSON is a part. */
function distributionConfig(folder: string, { auth: hasUser, inMemory }: DistributionOptions): object {
  const auth = { htpasswd: { realm: 'slipway', path: join(folder, 'htpasswd') } };
  const storage = inMemory === true ? { inmemory: {} } : { filesystem: { rootdirectory: join(folder, 'data') } };
  return {
    version: 0.1,
    // "listening on" is told at this level; without the access log the rest is little.
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { ...storage, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'loopback-only' },
    ...(hasUser === true ? { auth } : {}),
  };
}

function registry(server: ServerProcess, host: string, credentials: Credentials | undefined): RunningRegistry {
  return { host, url: `http://${host}`, credentials, output: server.output, stop: server.stop };
}

/** MinIO with one drive, path-style, no buckets: making them is the caller's part. */
export async function startMinio(options: MinioOptions = {}): Promise<RunningMinio> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startMinioOn(options.port ?? (await freePort()), options);
    } catch (error) {
      // It cannot take a free port itself, so another process may have got this one first.
      const isTaken = error instanceof Error && /address already in use|port is already in use/i.test(error.message);
      if (!isTaken || attempt === 3) throw error;
    }
  }
}

async function startMinioOn(port: number, options: MinioOptions): Promise<RunningMinio> {
  const accessKey = 'slipway-access';
  const secretKey = 'slipway-secret';
  const region = 'us-east-1';
  const host = `127.0.0.1:${port}`;
  const endpoint = `http://${host}`;
  const server = await launch({
    tool: 'minio',
    ...(options.by !== undefined && { by: options.by }),
    prepare: async (folder) => void (await mkdir(join(folder, 'certs'))),
    args: (folder) => {
      const data = options.dir ?? join(folder, 'data');
      return ['server', '--quiet', '--address', host, '--certs-dir', join(folder, 'certs'), data];
    },
    env: {
      MINIO_ROOT_USER: accessKey,
      MINIO_ROOT_PASSWORD: secretKey,
      MINIO_REGION: region,
      // No console on a second port, and no question to the outside for a newer version.
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      ...(options.domain !== undefined && { MINIO_DOMAIN: options.domain }),
    },
  });
  await server.waitFor(() => isOk(`${endpoint}/minio/health/cluster`));
  return {
    host,
    endpoint,
    region,
    accessKey,
    secretKey,
    output: server.output,
    signal: server.signal,
    stop: server.stop,
  };
}

async function isOk(url: string): Promise<true | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true ? true : undefined;
}

/** A port that nobody listens on now; somebody else may take it before its user does. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
