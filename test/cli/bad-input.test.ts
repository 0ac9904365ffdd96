/** Bad input through the command line: which exit code, what the message names, and nothing written to any store. */
import { chmod, chown, readdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programs } from '../build/programs.ts';
import {
  CONFIG,
  clusters,
  type Fleet,
  fine,
  publishedFleets,
  type RunOptions,
  said,
  slipway,
  yaml,
} from '../flow/fleet.ts';
import { readObject } from '../flow/reader.ts';
import { type Bad, CASES } from './bad-inputs.ts';
import { type Bundle, bundle, start } from './bundle.ts';

let built: Bundle;
beforeAll(async () => {
  built = await bundle();
});
afterAll(() => built.remove());

/** PATH with Git and these programs, and nothing else that renders. */
async function onPath(scripts: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, string>>> {
  const folder = programs(scripts);
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    const entries = await readdir(place).catch((): string[] => []);
    if (!entries.includes('git')) continue;
    await symlink(join(place, 'git'), join(folder, 'git'));
    break;
  }
  return { PATH: folder };
}

const published = publishedFleets(() => slipway);

type Expected = Pick<Bad, 'exit' | 'code' | 'names' | 'hint'>;

/** Publishes, and checks what was said and that both stores are as they were. */
async function expectRefused(
  by: Fleet,
  { exit, code, names, hint }: Expected,
  publish: (options: RunOptions) => ReturnType<Fleet['run']> = (options) => by.run(['publish', '--quiet'], options),
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [before, writes] = [by.held(), by.stage.writes().length];
  const ended = await publish({ env });
  expect({ exit: ended.code, stdout: ended.stdout }).toEqual({ exit, stdout: '' });
  expect(ended.stderr).toMatch(new RegExp(`^error\\[${code}\\]: `, code === 'FINDINGS' ? 'm' : ''));
  expect(ended.stderr).toMatch(names);
  expect(/\nhint: (.*)\n$/.exec(ended.stderr)?.[1] ?? '').toMatch(hint);
  expect(ended.stderr).not.toMatch(/\n {4}at |s3cret/);
  expect({ held: by.held(), writes: by.stage.writes().length }).toEqual({ held: before, writes });
}

test.each(CASES)(
  '%s: refused, and nothing is written',
  async (_, { files = {}, programs: scripts, env, ...expected }) => {
    const by = await published();
    await by.tree.commit(files);
    await expectRefused(by, expected, undefined, { ...(await onPath(scripts)), ...env?.(by) });
  },
);

test('a loop of symbolic links: refused, and nothing is written', async () => {
  const by = await published();
  await symlink('../north', join(by.tree.dir, 'clusters/north/again'));
  await by.tree.commit({});
  await expectRefused(by, { exit: 1, code: 'SOURCE', names: /clusters\/north\/again/, hint: /replace the link/ });
});

/** The command line for someone who may not read everything: root drops its rights first. */
const WITHOUT_RIGHTS = (cli: string): string => `if (process.getuid() === 0) {
  process.setgroups([]);
  process.setgid(65534);
  process.setuid(65534);
}
await import(${JSON.stringify(cli)});
`;

test('a file that cannot be read: refused, and nothing is written', async () => {
  const by = await published();
  await by.tree.commit(clusters('two'));
  await chmod(built.root, 0o755);
  const script = join(built.root, 'without-rights.mjs');
  await writeFile(script, WITHOUT_RIGHTS(pathToFileURL(join(built.root, 'dist/cli.js')).href));
  const all = await readdir(by.tree.dir, { recursive: true });
  if (process.getuid?.() === 0) for (const path of ['', ...all]) await chown(join(by.tree.dir, path), 65534, 65534);
  await chmod(join(by.tree.dir, 'clusters/south/cm.yaml'), 0);
  const expected = { exit: 1, code: 'SOURCE', names: /clusters\/south\/cm\.yaml/, hint: /read access/ };
  await expectRefused(by, expected, async () => {
    const argv = ['publish', '--quiet'];
    return { ...(await start(script, argv, { cwd: by.tree.dir, env: by.stage.env }).ended), receipt: undefined };
  });
});

test('a config with a byte order mark is read like any other', async () => {
  const by = await published();
  await by.tree.commit({ 'slipway.yaml': `\uFEFF${CONFIG}`, ...clusters('two') });
  expect(said(await by.publish())).toEqual(fine('published', 2));
  expect(readObject(by.stage.live, 'gitops/channels/prod/south/manifests.yaml')?.text).toBe(yaml('south', 'two'));
});
