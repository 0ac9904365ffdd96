/** A release crosses a gap as one file: the near side is gone, and the far side has nothing but its own stores. */
import { spawnSync } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import { closing } from './closing.ts';
import { type Ended, start } from './peer.ts';
import { configOf, immutableIn, type Job, manifestAt, NAMES, type Sides, startSides } from './promote-sides.ts';
import { byCosign } from './signed-release.ts';

const atEnd = closing();
let sides: Sides;
let job: Job;
let published: Ended;
/** What the near side held before it was switched off. */
let before: { readonly manifests: readonly string[]; readonly bucket: readonly string[] };

/** A network of its own, without any interface that is up: not even loopback. */
const apart = ['-rn', '--'];
const canBeApart = spawnSync('unshare', [...apart, 'true']).status === 0;

beforeAll(async () => {
  sides = await startSides();
  atEnd(sides.stop);
  const { near, far, home } = sides;
  expect(await sides.source('pull', 'staging', '--bundle', join(home.path, 'release.tar'))).toMatchObject({ code: 0 });
  before = {
    manifests: await Promise.all(NAMES.map((name) => manifestAt(near, `near/${name}`, 'staging'))),
    bucket: await immutableIn(near, 'near'),
  };
  await near.stop();
  const verify = { key: join(home.path, 'release.pub') };
  job = await sides.job('job', configOf(far.stores, { channel: 'prod', verify }));
  await copyFile(join(home.path, 'release.tar'), join(job.path, 'release.tar'));
  published = await job.slipway('publish', '--bundle', 'release.tar', '--version', '1.4.0', '--output', 'json');
}, 120_000);

test('one file carries everything: the same manifests, content and proofs are live', async () => {
  expect(published).toMatchObject({ code: 0 });
  const receipt = JSON.parse(published.stdout) as Receipt;
  expect(receipt).toMatchObject({ outcome: 'published', kind: 'promote', version: '1.4.0', proved: [] });
  const { far } = sides;
  const live = await Promise.all(NAMES.map((name) => manifestAt(far, `far/${name}`, 'prod')));
  expect(live).toEqual(before.manifests);
  expect(await immutableIn(far, 'far')).toEqual(before.bucket);
});

test('cosign accepts every artifact on the far side, by its bundle and by its older signature', async () => {
  const { artifacts } = JSON.parse(published.stdout) as Receipt;
  const { far, home } = sides;
  for (const { name, manifest } of artifacts) {
    const reference = `${far.registry.host}/far/${name}@${manifest}`;
    for (const more of [[], ['--new-bundle-format=false']]) {
      const ended = await byCosign('verify', ['--key', 'release.pub', ...more, reference], home);
      expect(ended).toMatchObject({ code: 0 });
    }
  }
});

test('the far side takes it along in its turn: the same bundle twice, which a third side publishes', async () => {
  expect(await job.slipway('pull', '1.4.0', '--bundle', 'version.tar')).toMatchObject({ code: 0 });
  expect(await job.slipway('pull', '1.4.0', '--bundle', 'version.tar')).toMatchObject({ code: 0 });
  const other = await sides.job('other', configOf({ disk: 'file:store?layout=object' }, { channel: 'prod' }));
  await copyFile(join(job.path, 'version.tar'), join(other.path, 'version.tar'));
  expect(await other.slipway('publish', '--bundle', 'version.tar', '--version', '1.4.0')).toMatchObject({ code: 0 });
});

test.skipIf(!canBeApart)('without any network a release is verified and published into a folder', async () => {
  const disk = { disk: 'file:store?layout=object', images: 'file:images' };
  const verify = { key: join(sides.home.path, 'release.pub') };
  const alone = await sides.job('alone', configOf(disk, { channel: 'prod', verify }));
  await copyFile(join(job.path, 'release.tar'), join(alone.path, 'release.tar'));
  const slipway = (...args: readonly string[]): Promise<Ended> =>
    start('unshare', [...apart, ...alone.command, ...args], {
      cwd: alone.path,
      env: { ...alone.env, PATH: process.env.PATH ?? '' },
    });
  expect(await slipway('publish', '--bundle', 'release.tar')).toMatchObject({ code: 0 });
  expect(await slipway('verify', 'prod')).toMatchObject({ code: 0, stdout: expect.stringContaining('6 trusted') });

  const other = await sides.job('stranger', configOf(disk, { channel: 'prod', verify: { key: 'other.pub' } }));
  await other.slipway('keygen', '--no-passphrase', '--out', 'other');
  await copyFile(join(job.path, 'release.tar'), join(other.path, 'release.tar'));
  expect(await other.slipway('publish', '--bundle', 'release.tar')).toMatchObject({ code: 5 });

  const bytes = await readFile(join(alone.path, 'release.tar'));
  const at = bytes.indexOf('kind: ConfigMap');
  bytes.write('Kind', at);
  await writeFile(join(alone.path, 'changed.tar'), bytes);
  expect(await slipway('publish', '--bundle', 'changed.tar', '--channel', 'next')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('was changed: expected "sha256:'),
  });
});
