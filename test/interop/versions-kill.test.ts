/** SIGKILL of a publisher of a version: a rerun completes exactly its digests. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle, start } from '../cli/bundle.ts';
import { digestsOf, type Fleet, fleet, said, slipway, yaml } from '../flow/fleet.ts';
import { overHttp, readObject, readTag } from '../flow/reader.ts';

let built: Bundle;
beforeAll(async () => {
  built = await bundle();
});
afterAll(() => built.remove());

const VERSION = '1.0.0';

/** What the version shows of an artifact in both stores. */
async function shownBy({ stage }: Fleet, artifact: string): Promise<readonly (string | undefined)[]> {
  const tag = await readTag(overHttp(stage.registry.url), `fleet/${artifact}`, VERSION);
  return [tag?.text, readObject(stage.live, `gitops/versions/${VERSION}/${artifact}/manifests.yaml`)?.text];
}

test.each([
  ['before the claim is copied', /^\/v2\/fleet\/releases\/manifests\/slipway\.default\.versions\./],
  ['before the last of its names', /^\/v2\/fleet\/south\/manifests\/1\.0\.0$/],
] as const)('a publisher of a version that dies %s is completed by a rerun with the same digests', async (_, path) => {
  const by = await fleet(slipway);
  const planned = await by.publish(['--version', VERSION, '--dry-run']);
  const script = join(built.root, 'dist/cli.js');
  const child = start(script, ['publish', '--version', VERSION], { cwd: by.tree.dir, env: by.stage.env });
  let killed = 0;
  by.stage.watch(async (boundary) => {
    if (!boundary.write || !path.test(boundary.path)) return 'serve';
    killed += child.kill('SIGKILL') ? 1 : 0;
    await child.ended;
    return 'reset';
  });
  expect((await child.ended).code).toBeNull();
  expect(killed).toBe(1);
  by.stage.watch(() => 'serve');
  expect((await shownBy(by, 'south'))[0]).toBeUndefined();
  // Another commit with the same content: the claim's manifests stand.
  await by.tree.commit({ 'README.md': 'other things\n' });
  const again = await by.publish(['--version', VERSION]);
  expect(said(again)).toMatchObject({ code: 0, states: ['current', 'current'] });
  expect(digestsOf(again)).toEqual(digestsOf(planned));
  for (const artifact of ['north', 'south'])
    expect(await shownBy(by, artifact)).toEqual([yaml(artifact, 'one'), yaml(artifact, 'one')]);
});
