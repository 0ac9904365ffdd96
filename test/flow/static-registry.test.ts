/** A bucket that is a registry, by the command line: published to, planned, read by its references. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FakeBucket } from '../fakes/bucket.ts';
import { receiptIn, slipway, yaml } from './fleet.ts';
import { type SourceTree, sourceTree } from './source-tree.ts';
import { startStage } from './stage.ts';

interface Scene {
  readonly bucket: FakeBucket;
  readonly tree: SourceTree;
  run(...argv: readonly string[]): ReturnType<typeof slipway>;
}

/** A store with this prefix. */
const storeIn = ({ endpoint }: FakeBucket, prefix = 'gitops'): string =>
  `s3://fleet/${prefix}?layout=registry&region=eu&endpoint=${endpoint}&accept-unsafe=true`;

async function scene(): Promise<Scene> {
  const [stage, tree] = await Promise.all([startStage(), sourceTree()]);
  onTestFinished(async () => void (await Promise.all([stage.stop(), tree.remove()])));
  const { bucket } = stage;
  await tree.commit({ 'apps/web/app.yaml': yaml('web', 'one'), '.gitignore': 'pulled/\nkey.*\n' });
  const env = { ...stage.env, SLIPWAY_KEY_PASSWORD: 'one' };
  return { bucket, tree, run: (...argv) => slipway(argv, { cwd: tree.dir, env }) };
}

const writesIn = ({ requests }: FakeBucket): number => requests.filter(({ write }) => write).length;

describe('a bucket that is a registry', () => {
  test('takes a folder without a config, and gives it back by the reference of the receipt', async () => {
    const { bucket, tree, run } = await scene();
    const to = ['publish', 'apps/web', '--to', storeIn(bucket), '--channel', 'prod', '--output', 'json', '--quiet'];
    await run('keygen', '--out', 'key');
    const published = await run(...to, '--key', 'key.key');
    const receipt = receiptIn(published.stdout);
    expect([published.code, receipt?.outcome, published.stderr]).toEqual([0, 'published', expect.any(String)]);
    const [web] = receipt?.artifacts ?? [];
    const [store] = Object.values(web?.stores ?? {});
    expect(web?.name).toBe('web');
    expect(store).toMatchObject({
      state: 'current',
      reference: `s3://fleet/gitops/web:prod@${web?.manifest}?layout=registry&region=eu&endpoint=${bucket.endpoint}`,
      fluxRevision: `prod@${web?.manifest}`,
    });
    const reference = store?.reference ?? '';
    expect(await run('pull', reference, '-o', 'pulled')).toMatchObject({ code: 0 });
    expect(await readFile(join(tree.dir, 'pulled/app.yaml'), 'utf8')).toBe(yaml('web', 'one'));
    const verified = await run('verify', reference, '--key', 'key.pub');
    expect([verified.code, verified.stderr]).toEqual([0, expect.any(String)]);
    expect(verified.stdout).toContain('s3://fleet');
    expect(await run('check', reference)).toMatchObject({ code: 0 });
    expect([...bucket.objects.keys()].filter((key) => !key.startsWith('v2/'))).toEqual(['gitops/slipway.json']);
  });

  test('is planned without a write, and published as it was planned', async () => {
    const { bucket, tree, run } = await scene();
    const stores = { s3: storeIn(bucket) };
    await tree.commit({
      'slipway.yaml': JSON.stringify({ version: 1, channel: 'prod', artifacts: [{ path: 'apps/*' }], stores }),
    });
    const publish = async (...more: readonly string[]) =>
      receiptIn((await run('publish', '--output', 'json', '--quiet', ...more)).stdout);
    const planned = await publish('--dry-run');
    expect([planned?.outcome, writesIn(bucket)]).toEqual(['planned', 0]);
    const published = await publish();
    expect(published?.artifacts.map(({ manifest }) => manifest)).toEqual(
      planned?.artifacts.map(({ manifest }) => manifest),
    );
    await tree.commit({ 'apps/web/app.yaml': yaml('web', 'two') });
    const before = writesIn(bucket);
    expect(await publish('--dry-run')).toMatchObject({ outcome: 'planned', artifacts: [{ changed: true }] });
    expect(writesIn(bucket)).toBe(before);
    expect(await publish()).toMatchObject({ outcome: 'published', generation: 2 });
    expect(await publish()).toMatchObject({ outcome: 'unchanged', requests: { s3: { reads: 5, writes: 0 } } });
  });

  test('needs a prefix that repositories may begin with', async () => {
    const { bucket, run } = await scene();
    const refused = await run('publish', 'apps/web', '--to', storeIn(bucket, 'GitOps'), '--channel', 'prod');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('its prefix begins the names of repositories, and repositories are lower-case');
    expect(bucket.requests).toEqual([]);
  });
});
