/** OpenStack Swift with its S3 door, in one process. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from '../server-process.ts';
import { freePort } from '../servers.ts';
import { onFreePort, type RunningS3, serverAt } from './running.ts';

const SCRIPT = fileURLToPath(new URL('swift-server.py', import.meta.url));

/** Swift 2.30 with s3api: it refuses conditional writes. */
export function startSwift(): Promise<RunningS3> {
  return onFreePort(async (port) => {
    const inner = [await freePort(), await freePort(), await freePort()];
    const server = await launch({
      tool: 'swift',
      prepare: writeSettings,
      args: (folder) => ['python3.11', '-B', SCRIPT, folder, ...[...inner, port].map(String)],
    });
    return serverAt(port, { accessKey: 'fleet:slipway', secretKey: 'loopback-only' }, [server]);
  });
}

async function writeSettings(folder: string): Promise<void> {
  await mkdir(join(folder, 'devices', 'disk'), { recursive: true });
  const files = { 'swift.conf': SWIFT, 'proxy.conf': proxy(folder), ...Object.fromEntries(KINDS.map(storage(folder))) };
  for (const [name, sections] of Object.entries(files)) await writeFile(join(folder, name), ini(sections));
}

type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>;

const KINDS = ['account', 'container', 'object'];

const SWIFT: Sections = {
  'swift-hash': { swift_hash_path_prefix: 'slipway', swift_hash_path_suffix: 'slipway' },
  'storage-policy:0': { name: 'one', default: 'yes' },
};

const storage =
  (folder: string) =>
  (kind: string): [string, Sections] => [
    `${kind}.conf`,
    {
      DEFAULT: {
        swift_dir: folder,
        devices: join(folder, 'devices'),
        mount_check: 'false',
        disable_fallocate: 'true',
        fallocate_reserve: '0',
        log_level: 'ERROR',
      },
      'pipeline:main': { pipeline: 'storage' },
      'app:storage': { use: `egg:swift#${kind}` },
    },
  ];

const proxy = (folder: string): Sections => ({
  DEFAULT: { swift_dir: folder, log_level: 'ERROR' },
  'pipeline:main': { pipeline: 'catch_errors cache s3api tempauth proxy-server' },
  'app:proxy-server': { use: 'egg:swift#proxy', account_autocreate: 'true' },
  'filter:catch_errors': { use: 'egg:swift#catch_errors' },
  // There is none, and Swift does without.
  'filter:cache': { use: 'egg:swift#memcache', memcache_servers: '127.0.0.1:1' },
  // Short pages, because it takes seconds to fill long ones.
  'filter:s3api': { use: 'egg:swift#s3api', location: 'us-east-1', max_bucket_listing: '50' },
  'filter:tempauth': { use: 'egg:swift#tempauth', user_fleet_slipway: 'loopback-only .admin' },
});

function ini(sections: Sections): string {
  return Object.entries(sections)
    .map(([name, values]) => [`[${name}]`, ...Object.entries(values).map((pair) => pair.join(' = ')), ''].join('\n'))
    .join('\n');
}
