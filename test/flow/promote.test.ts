import { expect, test } from 'vitest';
import { essence, world } from './promote-world.ts';

const SEALED = 'sign: { key: env://KEY }\nverify: { key: env://PUB }\n';

test('promotes across registries and buckets: the same manifests, content, views and proofs', async () => {
  const { run, record, held, near, far, env } = await world({ sealing: SEALED });
  const [before, nearWrites] = [held('near'), near.writes().length];
  // Whoever promotes has no key to sign with.
  delete env.KEY;
  const ended = await run('promote', '--from', 'staging', '--to', 'prod');
  expect(ended).toMatchObject({ code: 0, receipt: { outcome: 'published', kind: 'promote', generation: 1 } });
  expect(ended.receipt?.proved).toEqual([]);
  const [from, to] = [record('staging'), record('prod')];
  expect(to.artifacts.map(essence)).toEqual(from.artifacts.map(essence));
  expect(to.artifacts[0]?.proofs.map(({ kind }) => kind)).toEqual(['bundle', 'views']);
  expect(to.from).toEqual({ channel: 'staging', generation: 1, run: from.run });
  expect([to.floor, to.blocked]).toEqual([from.floor, from.blocked]);
  expect(near.writes().length).toBe(nearWrites);
  expect(held('near')).toEqual(before);
  const immutable = (lines: readonly string[]): readonly string[] =>
    lines.filter(
      (line) => /(?: blob | manifest |\/content\/|\/manifests\/|\/proofs\/)/.test(line) && !/releases/.test(line),
    );
  expect(immutable(held('far'))).toEqual(immutable(held('near')));
  expect(far.writes().length).toBeGreaterThan(0);
});

test('another repository of the same registry takes content over without an upload', async () => {
  const made = await world();
  const { run, record, near, env } = made;
  env.FAR_EU = `oci://${near.registry.host}/prod/{artifact}`;
  const seen = near.registry.requests.length;
  expect(await run('promote', '--from', 'staging', '--to', 'prod')).toMatchObject({ code: 0 });
  const written = near.registry.requests
    .slice(seen)
    .filter(({ path }) => /^\/v2\/prod\/(?:north|south)\/blobs\//.test(path));
  // Both contents and one config are mounted; the first config is all that is uploaded.
  expect(written.filter(({ method, status }) => method === 'POST' && status === 201)).toHaveLength(3);
  expect(written.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  for (const { name, content } of record('staging').artifacts) {
    expect(near.registry.repositories.get(`prod/${name}`)?.blobs.has(content)).toBe(true);
  }
});
