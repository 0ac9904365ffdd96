import { expect, test } from 'vitest';
import { tar } from '../../../src/archive/tar.ts';
import { untar } from '../../../src/archive/untar.ts';
import { digestOf, viewOfBytes } from '../../../src/digest.ts';
import type { Entry, ReleaseRecord } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import { readBundle } from '../../../src/ship/bundle/read.ts';
import { bundleStore } from '../../../src/ship/bundle/shelf.ts';
import { bundleOf } from '../../../src/ship/bundle/write.ts';
import { encode } from '../../../src/ship/document.ts';
import { CONTENT_TYPE, fluxManifest } from '../../../src/ship/manifest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';

const COMMIT = 'a'.repeat(40);
const TIME = '2026-05-01T12:00:00Z';
const HOME = 'releases/default/staging/999999998-000000001.json';

/** A record with two artifacts that were published from their source files, as a bundle. */
async function bundle(): Promise<{ readonly record: ReleaseRecord; readonly bytes: Uint8Array }> {
  const objects = memoryObjects();
  const store = bundleStore(objects, { project: 'default', shown: '', forms });
  const artifacts: Entry[] = [];
  for (const name of ['north', 'south']) {
    const content = Buffer.from(`content of ${name}`);
    const { digest, size } = viewOfBytes(content);
    const provenance = { commit: COMMIT, commitTime: TIME, dirty: false };
    const manifest = fluxManifest({ mediaType: CONTENT_TYPE, digest, size }, provenance);
    const told = { ...{ name, commit: COMMIT, commitTime: TIME, content: digest, size, resources: 1, since: 1 } };
    const entry = { ...told, manifest: digestOf(manifest), views: { tarball: viewOfBytes(content) }, proofs: [] };
    await store.shelf.put({ entry, manifest, content });
    artifacts.push(entry);
  }
  const record: ReleaseRecord = {
    ...{ schema: 1, project: 'default', channel: 'staging', generation: 1, run: 'b'.repeat(32), kind: 'publish' },
    ...{ at: TIME, floor: { commit: COMMIT, time: TIME }, blocked: [], primary: 'disk', artifacts },
    ...{ allowed: [], gates: [] },
  };
  return { record, bytes: await bundleOf({ document: record, label: 'it', stores: [store], forms }) };
}

/** The bundle with another record, under an index that agrees; what the record does not lead to is left out. */
function withRecord(bytes: Uint8Array, record: Readonly<Record<string, unknown>>): Uint8Array {
  const encoded = encode(record);
  const files = untar(bytes).flatMap((file) => {
    if (file.path === HOME) return [{ path: HOME, bytes: encoded }];
    const [, hex] = /([0-9a-f]{64})/.exec(file.path) ?? [];
    const isNeeded = hex === undefined || Buffer.from(encoded).includes(hex);
    return file.path === 'bundle.json' || !isNeeded ? [] : [file];
  });
  const members = Object.fromEntries(
    files.map(({ path, bytes: b }) => [path, { digest: digestOf(b), size: b.length }]),
  );
  const index = encode({ format: 1, project: 'default', document: HOME, members });
  return tar([...files, { path: 'bundle.json', bytes: index }]);
}

const read = async (bytes: Uint8Array): Promise<unknown> => readBundle(bytes, { shown: 'it.tar', forms });

test('a bundle is read back as it was made, and so is one whose record was written anew', async () => {
  const { record, bytes } = await bundle();
  expect(await read(bytes)).toMatchObject({ project: 'default', document: record });
  expect(await read(withRecord(bytes, { ...record }))).toMatchObject({ project: 'default', document: record });
});

test('whatever other commands rely on is checked in a record that somebody wrote by hand', async () => {
  const { record, bytes } = await bundle();
  const [north, south] = record.artifacts;
  const cases: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
    [{ floor: 'x' }, 'its release has no valid "floor"'],
    [{ floor: null }, 'its release has no valid "floor"'],
    [{ floor: { commit: COMMIT, time: 'later' } }, 'its release has no valid "floor"'],
    [{ blocked: [5] }, 'its release has no valid "blocked"'],
    [{ source: 5 }, 'its release has no valid "source"'],
    [{ run: '../x' }, 'its release has no valid "run"'],
    [{ artifacts: [{ ...north, commit: 5 }, south] }, 'artifact "north" has no valid "commit"'],
    [{ artifacts: [{ ...north, commitTime: 'zzzz' }, south] }, 'artifact "north" has no valid "commitTime"'],
    [{ artifacts: [{ ...north, proofs: [null] }, south] }, 'artifact "north" has no valid "proofs"'],
    [
      { artifacts: [{ ...north, views: { ...north?.views, object: {} } }, south] },
      'artifact "north" has no valid "views"',
    ],
    [{ artifacts: [north, north, south] }, 'artifact "north" is there twice'],
  ];
  for (const [change, problem] of cases) {
    await expect(read(withRecord(bytes, { ...record, ...change })), problem).rejects.toMatchObject({
      code: 'CORRUPT',
      message: `Cannot read the bundle: ${problem}`,
    });
  }
});

test('a manifest that is about other content than its artifact is refused: clusters would read that', async () => {
  const { record, bytes } = await bundle();
  const [north, south] = record.artifacts;
  if (south === undefined) throw new Error('no artifact');
  const { content, views, size } = south;
  const swapped = withRecord(bytes, { ...record, artifacts: [{ ...north, content, views, size }, south] });
  await expect(read(swapped)).rejects.toMatchObject({
    code: 'CORRUPT',
    message: `Cannot read the bundle: the manifest of artifact "north" is about other content than "${content}"`,
  });
});
