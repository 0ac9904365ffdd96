/** Ceph 16.2 as small as it gets: a monitor, one object store in memory, and the S3 gateway. No manager: S3 needs none. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../peer.ts';
import { launch, type ServerProcess, toolPath } from '../server-process.ts';
import { freePort } from '../servers.ts';
import { onFreePort, type RunningS3, type S3User, serverAt } from './running.ts';

const USER: S3User = { accessKey: 'slipway-access', secretKey: 'slipway-secret' };
const FSID = '5a1b7c52-3f0e-4d7e-9d2a-6f1f5ce1a001';

/**
 * Ceph's gateway. In a bucket without versions `If-None-Match` is atomic; in one with versions it is ignored, and
 * `If-Match` wants the ETag without quotes.
 */
export function startCeph(): Promise<RunningS3> {
  return onFreePort(async (port) => {
    const cluster = await startCluster(await freePort(), port);
    const started = [...cluster.processes];
    try {
      await makeUser(cluster.folder);
      started.push(await launchCeph('radosgw', ['-n', 'client.rgw.a'], cluster.folder));
    } catch (cause) {
      const output = started.map((process) => process.output()).join('\n');
      await Promise.all(started.map((process) => process.stop()));
      throw new Error(`Cannot start Ceph: its output:\n${output}`, { cause });
    }
    return serverAt(port, USER, started);
  });
}

interface Cluster {
  /** The monitor's folder, with everybody's settings. */
  readonly folder: string;
  readonly processes: readonly ServerProcess[];
}

async function startCluster(monitorPort: number, gatewayPort: number): Promise<Cluster> {
  let home = '';
  const monitor = await launch({
    tool: 'ceph',
    prepare: async (folder) => {
      home = folder;
      await prepare(folder, { monitorPort, gatewayPort });
    },
    args: (folder) => ['ceph-mon', '-i', 'a', '-f', ...settings(folder)],
  });
  try {
    return { folder: home, processes: [monitor, await launchCeph('ceph-osd', ['-i', '0'], home)] };
  } catch (error) {
    await monitor.stop();
    throw error;
  }
}

function launchCeph(program: string, args: readonly string[], home: string): Promise<ServerProcess> {
  return launch({ tool: 'ceph', args: () => [program, ...args, '-f', ...settings(home)] });
}

const settings = (home: string): readonly string[] => ['--conf', join(home, 'ceph.conf')];

/** Runs one of Ceph's programs to its end. It waits for the cluster, which may never come. */
async function ceph(home: string, ...args: readonly string[]): Promise<string> {
  const ended = await run('timeout', ['30', toolPath('ceph'), ...args], { cwd: home });
  return ended.stdout.trim();
}

/** The maps and stores that exist before the first process runs. */
async function prepare(home: string, ports: Ports): Promise<void> {
  const { monitorPort } = ports;
  const key = await ceph(home, 'ceph-authtool', '--gen-print-key');
  await writeFile(join(home, 'keyring'), keyring(key));
  await writeFile(join(home, 'ceph.conf'), cephConf(home, ports));
  await mkdir(join(home, 'osd'));
  const address = `[v2:127.0.0.1:${monitorPort}]`;
  await ceph(home, 'monmaptool', '--create', '--fsid', FSID, '--addv', 'a', address, 'monmap');
  // A map with the object store in it saves the command that would add it, which needs a Python of its own.
  await ceph(home, 'osdmaptool', '--createsimple', '1', 'osdmap');
  const maps = ['--monmap', 'monmap', '--osdmap', 'osdmap', '--keyring', 'keyring'];
  await ceph(home, 'ceph-mon', '-i', 'a', '--mkfs', ...maps, ...settings(home));
  await ceph(home, 'ceph-osd', '-i', '0', '--mkfs', '--no-mon-config', ...settings(home));
}

/** Waits until the object store is up, because users are objects too. */
async function makeUser(home: string): Promise<void> {
  const { accessKey, secretKey } = USER;
  const keys = ['--access-key', accessKey, '--secret-key', secretKey];
  const names = ['--uid', 'slipway', '--display-name', 'slipway'];
  await ceph(home, 'radosgw-admin', 'user', 'create', ...names, ...keys, ...settings(home));
}

interface Ports {
  readonly monitorPort: number;
  readonly gatewayPort: number;
}

function cephConf(home: string, { monitorPort, gatewayPort }: Ports): string {
  const lib = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const tool = join(toolPath('ceph'), '..', '..', 'ceph');
  const values = {
    fsid: FSID,
    mon_host: `[v2:127.0.0.1:${monitorPort}]`,
    public_addr: '127.0.0.1',
    cluster_addr: '127.0.0.1',
    keyring: join(home, 'keyring'),
    mon_data: join(home, 'mon'),
    osd_data: join(home, 'osd'),
    rgw_data: home,
    run_dir: home,
    crash_dir: home,
    // A path of a socket may have only 107 characters, and nobody asks there.
    admin_socket: '',
    log_file: '',
    log_to_stderr: 'true',
    err_to_stderr: 'true',
    mon_cluster_log_to_file: 'false',
    debug_rocksdb: '0',
    erasure_code_dir: `${tool}${lib}/ceph/erasure-code`,
    osd_class_dir: `${tool}${lib}/rados-classes`,
    osd_objectstore: 'memstore',
    osd_pool_default_size: '1',
    osd_pool_default_min_size: '1',
    osd_pool_default_pg_num: '4',
    osd_pool_default_pg_autoscale_mode: 'off',
    osd_crush_chooseleaf_type: '0',
    mon_allow_pool_size_one: 'true',
    mon_max_pg_per_osd: '1000',
    // Seconds between two decisions of the monitor, of which a start takes a dozen: 1 by default.
    paxos_propose_interval: '0.02',
    paxos_min_wait: '0.01',
    rgw_frontends: `beast endpoint=127.0.0.1:${gatewayPort}`,
  };
  return ['[global]', ...Object.entries(values).map(([name, value]) => `${name} = ${value}`), ''].join('\n');
}

/** Everybody may do everything, by one key. */
function keyring(key: string): string {
  const caps = ['mon', 'osd', 'mgr'].map((kind) => `\tcaps ${kind} = "allow *"`);
  const users = ['mon.', 'client.admin', 'osd.0', 'client.rgw.a'];
  return users.map((user) => [`[${user}]`, `\tkey = ${key}`, ...caps, ''].join('\n')).join('');
}
