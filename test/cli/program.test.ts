import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { receiptSchema } from '../../scripts/receipt-schema.ts';
import { runProgram } from '../../src/commands/program.ts';
import { COMMANDS } from '../../src/options/commands.ts';
import { commandContext } from './context.ts';

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';
const FILES = {
  'slipway.yaml':
    'version: 1\nartifacts:\n  - { path: clusters/*, render: plain }\nstores:\n  disk: file:out\n  bucket: file:bucket?layout=object\nchannel: staging\n',
  'clusters/a/cm.yaml': CONFIG_MAP,
  'clusters/b/cm.yaml': CONFIG_MAP.replace('name: a', 'name: b'),
};

type Options = Parameters<typeof commandContext>[1];

async function slipway(
  argv: readonly string[],
  files: Readonly<Record<string, string>> = FILES,
  options: Options = {},
) {
  const context = await commandContext(files, options);
  const again = async (...more: readonly string[]) => {
    const before = [context.stdout.text().length, context.stderr.text().length];
    const code = await runProgram(more, context, '9.9.9');
    return { code, out: context.stdout.text().slice(before[0]), err: context.stderr.text().slice(before[1]) };
  };
  return { ...(await again(...argv)), cwd: context.cwd, again };
}

test('publishing tells the receipt on stdout and progress on stderr, and a second run changes nothing', async () => {
  const first = await slipway(['publish']);
  expect(first).toMatchObject({ code: 0, err: expect.stringContaining('pack     2/2\n') });
  expect(first.out).toMatch(/^published: /);
  expect(first.out).toContain('channel staging, generation 1');
  const second = await first.again('publish', '--output', 'json', '--quiet');
  expect(second).toMatchObject({ code: 0, err: '' });
  const receipt = v.parse(receiptSchema, JSON.parse(second.out));
  expect(receipt).toMatchObject({
    outcome: 'unchanged',
    generation: 1,
    requests: { disk: { writes: 0 }, bucket: { writes: 0 } },
  });
});

test('a dry run plans and writes nothing', async () => {
  const { code, out, cwd } = await slipway(['publish', '--dry-run', '--output', 'json']);
  expect(code).toBe(0);
  expect(v.parse(receiptSchema, JSON.parse(out)).outcome).toBe('planned');
  expect(await readdir(cwd)).toEqual(['clusters', 'slipway.yaml']);
});

test('what is published is pulled back, from a layout and from a bucket', async () => {
  const { again, cwd } = await slipway(['publish']);
  const { out } = await again('publish', '--output', 'json');
  const { artifacts } = v.parse(receiptSchema, JSON.parse(out));
  for (const store of ['disk', 'bucket']) {
    const reference = artifacts[1]?.stores[store]?.reference ?? '';
    const pulled = await again('pull', reference, '-o', `live/${store}`);
    expect(pulled).toMatchObject({ code: 0, out: expect.stringMatching(/^pulled sha256:\w+: 1 file, 51 B, into /) });
    expect(await readFile(join(cwd, 'live', store, 'manifests.yaml'), 'utf8')).toBe(FILES['clusters/b/cm.yaml']);
  }
  expect(await readdir(join(cwd, 'live'))).toEqual(['bucket', 'disk']);
  const json = await again('pull', artifacts[0]?.stores.disk?.reference ?? '', '-o', 'again', '--output', 'json');
  expect(JSON.parse(json.out)).toMatchObject({
    schema: 1,
    digest: artifacts[0]?.digest,
    out: join(cwd, 'again'),
    files: ['manifests.yaml'],
  });
});

test('pulling leaves a folder with files alone', async () => {
  const { again, cwd } = await slipway(['publish', 'clusters/a', '--to', 'file:store']);
  const pulled = await again('pull', 'file:store/a:latest', '--out', 'clusters');
  expect(pulled).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^error\[USAGE\]: .*not empty\nhint: /),
  });
  expect(await readdir(join(cwd, 'clusters'))).toEqual(['a', 'b']);
  const missing = await again('pull', 'file:store/a:nothing', '--out', 'live');
  expect(missing.code).toBe(4);
  expect(missing.err).toMatch(/^error\[NOT_FOUND\]/);
  expect(await readdir(cwd)).not.toContain('live');
});

test('building prints digests and writes artifacts and manifests', async () => {
  const { code, out, again, cwd } = await slipway(['build']);
  expect(code).toBe(0);
  expect(out).toMatch(/^ARTIFACT +RENDER +CONTENT +SIZE\na +plain +sha256:[0-9a-f]{64} +\d+ B +1 object\nb /);
  const json = await again('build', '--artifact', 'b', '--out', 'made', '--output', 'json');
  const report = JSON.parse(json.out) as { readonly artifacts: readonly { readonly digest: string }[] };
  expect(report).toMatchObject({
    schema: 1,
    artifacts: [{ name: 'b', files: [join(cwd, 'made/b.tgz'), join(cwd, 'made/b.yaml')] }],
    findings: [],
  });
  expect(out).toContain(report.artifacts[0]?.digest);
  expect(await readFile(join(cwd, 'made/b.yaml'), 'utf8')).toBe(FILES['clusters/b/cm.yaml']);
  const source = await again('build', 'clusters/a', '--out', 'made');
  expect(source.code).toBe(0);
  expect((await readdir(join(cwd, 'made'))).sort()).toEqual(['a.tgz', 'b.tgz', 'b.yaml']);
  const blocked = await again('build', '--out', 'slipway.yaml/x');
  expect(blocked).toMatchObject({ code: 2, err: expect.stringContaining('Cannot write to') });
});

test.each([
  [['publsh'], /Unknown command "publsh"/, /did you mean "publish"/],
  [['sign'], /Unknown command "sign"/, /slipway --help/],
  [['publish', '--chanel', 'x'], /Unknown option "--chanel"/, /did you mean "--channel"/],
  [['--output', 'text', 'publish'], /Unknown option "--output"/, /behind the command/],
  [['publish', '--channel'], /argument missing/, /--help/],
  [['publish', 'a', 'b', '--to', 'file:x'], /Too many arguments/, /--help/],
  [['pull'], /[Mm]issing required argument "REF"/, /--help/],
  [['pull', 'file:x:y'], /no folder to write to/, /-o DIR/],
  [['publish', '--output', 'jsn'], /--output "jsn"/, /did you mean "json"/],
  [['publish', '--render', 'flux', 'a'], /--render "flux": known are "source"/, /source|--help|^$/],
  [['publish', '--store', 'dsk'], /--store "dsk"/, /did you mean "disk"/],
  [[], /No command/, /slipway --help/],
])('%j is answered with exit code 2 and what to do', async (argv, message, hint) => {
  const { code, out, err } = await slipway(argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  const [, told = '', advice = ''] = /^error\[USAGE\]: (.*)\n(?:hint: (.*)\n)?$/.exec(err) ?? [];
  expect(told).toMatch(message);
  expect(advice).toMatch(hint);
});

test('with --output json an error is one document on stdout', async () => {
  for (const argv of [
    ['publish', '--chanel', 'x', '--output', 'json'],
    ['publish', '--store', 'dsk', '--output=json'],
  ]) {
    const { code, out, err } = await slipway(argv);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      schema: 1,
      error: { code: 'USAGE', message: expect.any(String), hint: expect.stringContaining('did you mean') },
    });
    expect(err).toMatch(/^error\[USAGE\]/);
  }
});

test('a broken config is shown with its place; a stack comes only with --verbose', async () => {
  const files = { 'slipway.yaml': 'version: 1\nartefacts: []\n' };
  const { code, err, again } = await slipway(['build'], files);
  expect(code).toBe(2);
  expect(err).toContain('slipway.yaml:2:1: unknown key "artefacts" (did you mean "artifacts")\n  artefacts: []\n  ^');
  expect(err).not.toContain('    at ');
  expect((await again('build', '--verbose')).err).toContain('    at ');
});

test('a refused release exits with 3 and its receipt', async () => {
  const { again, cwd } = await slipway(['publish', '--version', '1.0.0']);
  await writeFile(join(cwd, 'clusters/a/cm.yaml'), CONFIG_MAP.replace('name: a', 'name: c'));
  const { code, out, err } = await again('publish', '--version', '1.0.0', '--output', 'json', '--quiet');
  expect(code).toBe(3);
  expect(v.parse(receiptSchema, JSON.parse(out))).toMatchObject({
    outcome: 'refused',
    error: { code: 'VERSION_TAKEN' },
  });
  expect(err).toMatch(/^error\[VERSION_TAKEN\]: /);
});

test('a store that cannot be reached exits with 4', async () => {
  const { code, out } = await slipway(['publish', 'clusters/a', '--to', 'file:slipway.yaml/x', '--output', 'json']);
  expect(code).toBe(4);
  expect(JSON.parse(out)).toMatchObject({ outcome: 'failed', stores: { 'file:slipway.yaml/x': { state: 'failed' } } });
});

test('an interrupted run says what that means and exits with 130', async () => {
  const controller = new AbortController();
  // A registry that never answers: the first request is when the user loses patience.
  const server = createServer(() => controller.abort());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const { code, out, err } = await slipway(['publish', 'clusters/a', '--to', `oci://127.0.0.1:${port}/app`], FILES, {
    signal: controller.signal,
  });
  expect({ code, out, err: err.split('\n').slice(-3) }).toEqual({
    code: 130,
    out: '',
    err: ['error[INTERRUPTED]: Interrupted: nothing is half named', 'hint: run the same command again to complete', ''],
  });
});

test('colours are for terminals, without --no-color and NO_COLOR', async () => {
  const start = String.fromCharCode(27);
  const coloured = async (argv: readonly string[], options: Options) =>
    (await slipway(argv, FILES, options)).out.includes(`${start}[32m`);
  expect(await coloured(['publish'], { isTTY: true })).toBe(true);
  expect(await coloured(['publish'], {})).toBe(false);
  expect(await coloured(['publish', '--no-color'], { isTTY: true })).toBe(false);
  expect(await coloured(['publish'], { isTTY: true, env: { NO_COLOR: '1' } })).toBe(false);
});

test('--version is the tool, publish --version claims a version', async () => {
  for (const argv of [['--version'], ['-V'], ['--version', 'publish']])
    expect(await slipway(argv)).toMatchObject({ code: 0, out: '9.9.9\n' });
  const { out } = await slipway(['publish', '--version', '1.0.0', '--output', 'json']);
  expect(JSON.parse(out)).toMatchObject({ outcome: 'published', version: '1.0.0', channel: 'staging' });
});

test('help lists the commands, help of a command has examples', async () => {
  const { code, out, again } = await slipway(['--help']);
  expect(code).toBe(0);
  const [, listed = ''] = out.split('Commands:\n');
  const names = [...listed.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(names).toEqual([...COMMANDS.map(({ name }) => name), 'help']);
  expect(out).toContain('Exit codes: 0 done');
  expect((await again('help', 'publish')).out).toContain('--to oci://ghcr.io/acme/fleet:staging');
});
