/** Releases of trees, with a reader between any two writes. */
import { expect, test } from 'vitest';
import type { BucketAccess, Packed } from '../../../src/model.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import type { Store } from '../../../src/ship/store.ts';
import { CHANNEL, planOf, publishOnce } from '../../flow/world.ts';
import { type Files, packedFiles, readTree, treeStore } from './tree-store.ts';

const OLD: Files = { 'app.yaml': 'old\n', 'base/db.yaml': 'old\n', 'gone.yaml': 'old\n' };
const NEW: Files = { 'app.yaml': 'new\n', 'base/db.yaml': 'old\n', 'added/web.yaml': 'new\n' };
const OUTER = `gitops/channels/${CHANNEL}/east/`;

/** Has every write seen before and after it takes effect. */
function watched(bucket: Objects, look: () => Promise<void>): Objects {
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    await look();
    const answer = await work();
    await look();
    return answer;
  };
  return {
    ...bucket,
    put: (...put) => around(() => bucket.put(...put)),
    replace: (...replace) => around(() => bucket.replace(...replace)),
  };
}

async function release(store: Store, commit: number, packed: readonly Packed[]): Promise<string> {
  const publisher = { run: commit, commit, letters: {}, stores: [store], primary: 'eu', quorum: 1 };
  const { outcome, end } = await publishOnce(publisher, { ...planOf(publisher), listed: ['east'] }, packed);
  if (end?.error !== undefined) throw end.error;
  return outcome;
}

async function published(files: Files): Promise<Objects> {
  const bucket = memoryObjects();
  expect(await release(treeStore(bucket), 1, [packedFiles('east', files)])).toBe('published');
  return bucket;
}

const rootIn = async (bucket: Objects): Promise<string> =>
  Buffer.from((await bucket.get(`${OUTER}root.yaml`))?.bytes ?? []).toString('utf8');

test('a reader between any two writes of a release sees the old tree or the new one, whole', async () => {
  const bucket = await published(OLD);
  const seen: string[] = [];
  const look = async (): Promise<void> => {
    const tree = JSON.stringify(await readTree(bucket, OUTER));
    if (seen.at(-1) !== tree) seen.push(tree);
  };
  expect(await release(treeStore(watched(bucket, look)), 2, [packedFiles('east', NEW)])).toBe('published');
  const sorted = (files: Files): string => JSON.stringify(Object.fromEntries(Object.entries(files).sort()));
  expect(seen).toEqual([sorted(OLD), sorted(NEW)]);
});

test('a reader of the first release finds nothing, then all of it', async () => {
  const bucket = memoryObjects();
  const seen = new Set<string>();
  const look = async (): Promise<void> => void seen.add(Object.keys((await readTree(bucket, OUTER)) ?? {}).join());
  await release(treeStore(watched(bucket, look)), 1, [packedFiles('east', OLD)]);
  expect([...seen]).toEqual(['', 'app.yaml,base/db.yaml,gone.yaml']);
});

test('changed consumers heal the name, and content that nothing changed in is left alone', async () => {
  const bucket = await published(OLD);
  const again = (access: Partial<BucketAccess>): Promise<string> =>
    release(treeStore(bucket, access), 1, [packedFiles('east', OLD)]);
  expect(await again({})).toBe('unchanged');
  const before = new Map((await bucket.list('')).objects.map(({ key, etag }) => [key, etag]));
  expect(await again({ endpoint: 's3.example.com' })).toBe('healed');
  const changed = (await bucket.list('')).objects.filter(({ key, etag }) => before.get(key) !== etag);
  expect(changed.map(({ key }) => key)).toEqual([`${OUTER}root.yaml`]);
  expect(await rootIn(bucket)).toContain('endpoint: "s3.example.com"');
  expect(await again({ endpoint: 's3.example.com' })).toBe('unchanged');
});

test('a root that says more than slipway would is foreign', async () => {
  const bucket = await published(OLD);
  const changed = (await rootIn(bucket)).replace('  wait: true', '  serviceAccountName: admin\n  wait: true');
  await bucket.put(`${OUTER}root.yaml`, Buffer.from(changed), { contentType: 'x' });
  await expect(release(treeStore(bucket), 2, [packedFiles('east', NEW)])).rejects.toMatchObject({ code: 'FOREIGN' });
});

test('a file that a bucket cannot hold is refused before any store is written to', async () => {
  const bucket = memoryObjects();
  const long = packedFiles('east', { [`${'x'.repeat(960)}.yaml`]: 'kind: A\n' });
  await expect(release(treeStore(bucket), 1, [long])).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining('Store "eu": Cannot show artifact "east" as layout "tree": file "xxx'),
  });
  expect((await bucket.list('')).objects).toEqual([]);
});
