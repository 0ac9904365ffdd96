import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import { type Capability, probeBucket } from '../../src/ship/bucket/probe.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { type ContractOptions, objectsContract } from '../contract/objects.ts';
import { closing } from './closing.ts';
import {
  makeBucket,
  objectsOf,
  type RunningS3,
  startCeph,
  startS3rver,
  startSwift,
  startVersitygw,
} from './s3-servers.ts';
import { startMinio } from './servers.ts';

interface Kind {
  readonly name: string;
  readonly start: () => Promise<RunningS3>;
  /** What the probe finds in a bucket without versions. */
  readonly found: Partial<Capability>;
  /** What it finds in a bucket with versions, where the server has such. */
  readonly versioned?: Partial<Capability>;
  /** Undefined for MinIO: its contract is part of the tests of published buckets. */
  readonly contract?: ContractOptions;
}

const WHOLE: Partial<Capability> = { etag: 'md5', reads: 'fresh', listing: 'ordered' };
const ATOMIC: Partial<Capability> = { ...WHOLE, class: 'atomic', match: 'atomic' };

const KINDS: readonly Kind[] = [
  { name: 'MinIO', start: startMinio, found: ATOMIC, versioned: ATOMIC },
  { name: 'versitygw 1.8.0', start: () => startVersitygw(), found: ATOMIC, contract: { keys: 1100 } },
  {
    name: 'Ceph 16.2',
    start: startCeph,
    found: { ...ATOMIC, match: 'none' },
    versioned: { ...WHOLE, class: 'ignored' },
    // It compares ETags without the quotes that belong to them.
    contract: { keys: 1100, replaces: 'never' },
  },
  {
    name: 'Swift 2.30',
    start: startSwift,
    found: { ...WHOLE, class: 'unsupported' },
    contract: { keys: 120, creates: 'unsupported', replaces: 'unsupported' },
  },
  {
    name: 's3rver 3.7.1',
    start: startS3rver,
    found: { ...WHOLE, class: 'ignored', listing: 'failed' },
    contract: { creates: 'ignored', replaces: 'ignored', torn: true, poorListings: true, dies: true },
  },
];

for (const { name, start, found, versioned, contract } of KINDS) {
  describe(name, () => {
    const server = started(start);

    test('has the class that is known of it', async () => {
      expect(await probe(await bucketOn(server(), 'probed'))).toMatchObject(found);
    });

    if (versioned !== undefined) {
      test('has the class that is known of it in a bucket with versions', async () => {
        expect(await probe(await bucketOn(server(), 'versions', { versioned: true }))).toMatchObject(versioned);
      });
    }

    if (contract !== undefined) {
      const open = async () => ({ objects: await bucketOn(server(), 'contract'), close: async () => {} });
      objectsContract(name, open, contract);
    }
  });
}

describe('versitygw 1.7.0', () => {
  const server = started(() => startVersitygw('versitygw-racy'));

  test('is racy for the probe, sooner or later, and never anything else but atomic', async () => {
    const objects = await bucketOn(server(), 'probed');
    const classes: Capability['class'][] = [];
    while (classes.length < 20 && classes.at(-1) !== 'racy') classes.push((await probe(objects)).class);
    expect(classes.slice(0, -1).every((found) => found === 'atomic')).toBe(true);
    expect(classes.at(-1)).toBe('racy');
  });

  const open = async () => ({ objects: await bucketOn(server(), 'contract'), close: async () => {} });
  objectsContract('versitygw 1.7.0', open, { keys: 1100, creates: 'racy', replaces: 'racy' });
});

describe('s3rver', () => {
  const server = started(startS3rver);

  test('dies of a write into a folder whose last object is deleted at the same moment', async () => {
    const objects = await bucketOn(server(), 'fleet');
    const put = (key: string): Promise<unknown> => objects.put(key, Buffer.from('x'), { contentType: 'text/plain' });
    const names = Array.from({ length: 8 }, (_, index) => `new-${index}`);
    const rounds = Array.from({ length: 200 }, (_, round) => `round-${round}/`);
    const played = eachLimit(rounds, 1, async (folder) => {
      await put(`${folder}old`);
      await Promise.all([objects.delete(`${folder}old`), eachLimit(names, 4, (name) => put(folder + name))]);
    });
    await expect(played).rejects.toMatchObject({ code: 'NETWORK' });
    expect(server().output()).toMatch(/Error: ENOENT: no such file or directory, open '.*new-\d\._S3rver_object'/);
  });
});

/** Starts a server for the tests around the call. */
function started(start: () => Promise<RunningS3>): () => RunningS3 {
  let running: RunningS3 | undefined;
  const atEnd = closing();
  beforeAll(async () => {
    running = await start();
    atEnd(running.stop);
  });
  return () => {
    if (running === undefined) throw new Error('the server did not start');
    return running;
  };
}

async function bucketOn(server: RunningS3, name: string, options = {}): Promise<Objects> {
  await makeBucket(server, name, options);
  return objectsOf(server, name, 'a/prefix/');
}

function probe(objects: Objects): Promise<Capability> {
  return probeBucket(objects, { run: randomBytes(8).toString('hex'), at: '2026-01-02T03:04:05Z' });
}
