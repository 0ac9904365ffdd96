import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tar } from '../../src/archive/tar.ts';
import { untar } from '../../src/archive/untar.ts';
import { digestOf } from '../../src/digest.ts';
import type { SourceFile } from '../../src/model.ts';
import { essence, type World, world } from './promote-world.ts';

const SEALED = 'sign: { key: env://KEY }\nverify: { key: env://PUB }\n';

const fileOf = ({ tree }: World, name: string): string => join(tree.dir, name);

/** A world whose near side is gone after its release was taken along as `out.tar`. */
async function taken(): Promise<World & { readonly bytes: Buffer }> {
  const made = await world({ sealing: SEALED });
  const ended = await made.text('pull', 'staging', '--bundle', 'out.tar');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return { ...made, bytes: await readFile(fileOf(made, 'out.tar')) };
}

test('a release goes through one file: the far side has the same bytes, and the near side is not asked', async () => {
  const made = await taken();
  const { run, record, near, env, bytes } = made;
  delete env.KEY;
  const seen = near.registry.requests.length + near.bucket.requests.length;
  const ended = await run('publish', '--bundle', 'out.tar', '--channel', 'prod', '--version', '1.4.0');
  expect(ended).toMatchObject({ code: 0, receipt: { outcome: 'published', kind: 'promote', version: '1.4.0' } });
  expect(near.registry.requests.length + near.bucket.requests.length).toBe(seen);
  expect(record('prod').artifacts.map(essence)).toEqual(record('staging').artifacts.map(essence));
  expect(record('prod').from).toEqual({ channel: 'staging', generation: 1, run: record('staging').run });

  expect((await run('publish', '--bundle', 'out.tar', '--channel', 'prod')).receipt?.outcome).toBe('unchanged');
  // What came out of a bundle makes the same bundle again, but for the record that it came in by.
  expect((await made.text('pull', 'staging@1', '--bundle', 'again.tar')).code).toBe(0);
  expect(digestOf(await readFile(fileOf(made, 'again.tar')))).toBe(digestOf(bytes));
  expect(await made.text('pull', '1.4.0', '--bundle', 'version.tar')).toMatchObject({ code: 0 });
  const returned = await run('publish', '--bundle', 'version.tar', '--channel', 'twin', '--version', '1.4.0');
  expect(returned).toMatchObject({ code: 0, receipt: { generation: 1 } });
  expect(await made.text('pull', '1.4.0', '--bundle', 'back.tar')).toMatchObject({ code: 0 });
  const shared = (files: readonly SourceFile[]): readonly string[] =>
    files
      .filter(({ path }) => !/^(?:bundle\.json|releases\/)/.test(path))
      .map(({ path, bytes: b }) => path + digestOf(b));
  const back = untar(await readFile(fileOf(made, 'back.tar')));
  expect(shared(back)).toEqual(shared(untar(bytes)));
});

test('a bundle is a bucket: extracted, it is a store that heals its names and verifies', async () => {
  const made = await taken();
  const { tree, text, bytes } = made;
  expect(untar(bytes).filter(({ path }) => /^(?:content|manifests|proofs)\//.test(path))).toHaveLength(2 * 3 + 2);
  for (const { path, bytes: b } of untar(bytes)) {
    await tree.write({ [`disk/${path}`]: '' });
    await writeFile(fileOf(made, `disk/${path}`), b);
  }
  await tree.write({
    'disk.yaml':
      'version: 1\nartifacts: [{ path: clusters/* }]\nstores: { disk: "file:disk?layout=object" }\nverify: { key: env://PUB }\n',
  });
  expect(await text('heal', 'staging', '--config', 'disk.yaml')).toMatchObject({ code: 0 });
  expect(await text('verify', 'staging', '--config', 'disk.yaml')).toMatchObject({ code: 0 });
});

test('an existing file is never written over, unless it is this bundle', async () => {
  const made = await taken();
  expect((await made.text('pull', 'staging', '--bundle', 'out.tar')).code).toBe(0);
  await made.tree.write({ 'mine.tar': 'mine' });
  const refused = await made.text('pull', 'staging', '--bundle', 'mine.tar');
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('Cannot write "mine.tar": there is another file of this name');
  expect(await readFile(fileOf(made, 'mine.tar'), 'utf8')).toBe('mine');
});

const parts = (bytes: Uint8Array): SourceFile[] => [...untar(bytes)];
const text = ({ bytes }: SourceFile): string => Buffer.from(bytes).toString('utf8');
const at = (files: readonly SourceFile[], pattern: RegExp): SourceFile => {
  const found = files.find(({ path }) => pattern.test(path));
  if (found === undefined) throw new Error(`nothing like ${pattern}`);
  return found;
};
const replaced = (files: readonly SourceFile[], path: string, bytes: Uint8Array): SourceFile[] => [
  ...files.filter((file) => file.path !== path),
  { path, bytes },
];

/** The same files with an index that agrees with them: what somebody would write who edits a bundle with care. */
function indexed(files: readonly SourceFile[]): Uint8Array {
  const index = JSON.parse(text(at(files, /^bundle\.json$/)));
  const others = files.filter(({ path }) => path !== 'bundle.json');
  const members = Object.fromEntries(
    [...others]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, bytes }) => [path, { digest: digestOf(bytes), size: bytes.length }]),
  );
  return tar([...others, { path: 'bundle.json', bytes: Buffer.from(`${JSON.stringify({ ...index, members })}\n`) }]);
}

const DAMAGE: Readonly<Record<string, { readonly make: (bytes: Buffer) => Uint8Array; readonly says: RegExp }>> = {
  'cut off': { make: (bytes) => bytes.subarray(0, bytes.length - 5000), says: /it is cut off/ },
  'not an archive': { make: () => Buffer.alloc(4096, 'x'), says: /Cannot read the bundle: / },
  'an archive of something else': {
    make: () => tar([{ path: 'a', bytes: Buffer.from('b') }]),
    says: /it has no "bundle\.json"/,
  },
  'with a byte changed': {
    make: (bytes) => {
      const files = parts(bytes);
      const file = at(files, /\.yaml$/);
      return tar(replaced(files, file.path, Buffer.from(text(file).replace('one', 'two'))));
    },
    says: /\.yaml" was changed: expected "sha256:[0-9a-f]{64}", found "sha256:/,
  },
  'without a proof': {
    make: (bytes) => {
      const files = parts(bytes);
      const { path } = at(files, /^proofs\//);
      return tar(files.filter((file) => file.path !== path));
    },
    says: /"proofs\/sha256\/[0-9a-f]{64}\.sigstore\.json" is missing/,
  },
  'with something more': {
    make: (bytes) => tar([...parts(bytes), { path: 'content/more', bytes: Buffer.from('x') }]),
    says: /"content\/more" is not in its index/,
  },
  'with something more that the index names': {
    make: (bytes) => indexed([...parts(bytes), { path: 'content/more', bytes: Buffer.from('x') }]),
    says: /nothing in the release needs "content\/more"/,
  },
  'with other content under an index that agrees': {
    make: (bytes) => {
      const files = parts(bytes);
      const file = at(files, /\.yaml$/);
      return indexed(replaced(files, file.path, Buffer.from(text(file).replace('one', 'two'))));
    },
    says: /does not match its digest/,
  },
  'without a proof under an index that agrees': {
    make: (bytes) => {
      const files = parts(bytes);
      const { path } = at(files, /^proofs\//);
      return indexed(files.filter((file) => file.path !== path));
    },
    says: /the (?:bundle|views) "sha256:[0-9a-f]{64}" of artifact "(?:north|south)" is missing/,
  },
  'with a record of another channel': {
    make: (bytes) => {
      const files = parts(bytes);
      const { path, bytes: own } = at(files, /^releases\//);
      return indexed(
        replaced(
          files,
          path,
          Buffer.from(text({ path, bytes: own }).replace('"channel":"staging"', '"channel":"other"')),
        ),
      );
    },
    says: /is the record of another release/,
  },
  'with a name that leads elsewhere': {
    make: (bytes) => {
      const files = parts(bytes);
      const file = at(files, /^releases\//);
      return indexed(
        replaced(files, file.path, Buffer.from(text(file).replace('"name":"north"', '"name":"../north"'))),
      );
    },
    says: /Cannot publish bundle "bad\.tar": artifact name "\.\.\/north" is not valid: /,
  },
  'of a newer format': {
    make: (bytes) => {
      const files = parts(bytes);
      const index = text(at(files, /^bundle\.json$/)).replace('"format":1', '"format":2');
      return tar(replaced(files, 'bundle.json', Buffer.from(index)));
    },
    says: /its format is "2", newer than "1"/,
  },
};

test('a bundle that was cut or changed is refused, and nothing is written', async () => {
  const made = await taken();
  for (const [what, { make, says }] of Object.entries(DAMAGE)) {
    await writeFile(fileOf(made, 'bad.tar'), make(made.bytes));
    const ended = await made.text('publish', '--bundle', 'bad.tar', '--channel', 'prod');
    expect([what, ended.code, ended.stdout]).toEqual([what, 4, '']);
    expect(ended.stderr, what).toMatch(says);
  }
  expect(made.far.writes()).toEqual([]);
  expect(made.far.registry.requests.length + made.far.bucket.requests.length).toBe(0);
});

test('a record that somebody edits with care is not signed: the channel does not take it', async () => {
  const made = await taken();
  const files = parts(made.bytes);
  const { path, bytes } = at(files, /^releases\//);
  const record = JSON.parse(text({ path, bytes }));
  const [north, south] = record.artifacts;
  // North's place gets what was signed as south.
  record.artifacts = [{ ...south, name: 'north', commit: north.commit }];
  const swapped = indexed(
    replaced(files, path, Buffer.from(`${JSON.stringify(record)}\n`)).filter(
      (file) => ![north.content, north.manifest].some((digest) => file.path.includes(digest.slice(7))),
    ),
  );
  await writeFile(fileOf(made, 'bad.tar'), swapped);
  const ended = await made.text('publish', '--bundle', 'bad.tar', '--channel', 'prod');
  expect(ended).toMatchObject({ code: 5 });
  expect(ended.stderr).toContain(
    'Cannot promote "north" from generation 1 of channel "staging", where it is signed by "key:',
  );
  expect(ended.stderr).toContain('the signed statement lists this digest as "south", not as "north"');
  expect(made.far.writes()).toEqual([]);
});

test('what contradicts itself, and what is not there, is told', async () => {
  const made = await world();
  for (const [argv, code, message] of [
    [['publish', '.', '--bundle', 'x.tar'], 2, 'Cannot use --bundle with a path'],
    [['publish', '--to', 'oci://example.com/a:b', '--bundle', 'x.tar'], 2, 'Cannot use --bundle with --to'],
    [['publish', '--key', 'a.key', '--bundle', 'x.tar'], 2, 'Cannot use --bundle with --key'],
    [['publish', '--plan', 'plan.json', '--bundle', 'x.tar'], 2, 'Cannot use --bundle with --plan'],
    [['publish', '--bundle', 'x.tar', '--channel', 'prod'], 2, 'Cannot read "x.tar": there is no such file'],
    [['pull', 'staging', '--bundle', 'x.tar', '--out', 'dir'], 2, 'Cannot use --bundle with --out'],
    [['pull', 'oci://example.com/a:b', '--bundle', 'x.tar'], 2, 'Cannot use REF "oci://example.com/a:b"'],
    [['pull', `sha256:${'0'.repeat(64)}`, '--bundle', 'x.tar'], 2, 'a bundle is a whole release'],
    [['pull', 'nowhere', '--bundle', 'x.tar'], 4, 'Cannot take channel "nowhere": no store has it'],
    [['pull', 'staging@7', '--bundle', 'x.tar'], 4, 'Cannot take generation 7 of channel "staging": no store has it'],
    [['pull', '9.9.9', '--bundle', 'x.tar'], 4, 'Cannot take version "9.9.9": no store has it'],
  ] as const) {
    const ended = await made.text(...argv);
    expect([argv, ended.code]).toEqual([argv, code]);
    expect(ended.stderr).toContain(message);
  }
});
