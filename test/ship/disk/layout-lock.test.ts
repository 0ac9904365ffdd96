import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, pid, platform } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withLock } from '../../../src/ship/disk/layout-lock.ts';
import { ociLayout } from '../../../src/ship/disk/oci-layout.ts';
import { inspectLayout, tagOf } from './layout-inspect.ts';

let folder = '';
let writer = '';
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
  writer = join(folder, 'layout-writer.mjs');
  const source = fileURLToPath(new URL('./layout-writer.ts', import.meta.url));
  await build({ entryPoints: [source], outfile: writer, bundle: true, platform: 'node', format: 'esm' });
});
afterAll(() => rm(folder, { recursive: true }));

const fresh = (): string => join(folder, `${count++}`);

/** Starts the program of layout-writer.ts and waits until it begins. `exit`: its code, however soon it ends. */
async function startWriter(
  root: string,
  name: string,
  times: number,
): Promise<{ readonly kill: () => void; readonly exit: Promise<number | null> }> {
  const child = spawn(execPath, [writer, root, name, String(times)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  await once(child.stdout, 'data');
  return { kill: () => void child.kill('SIGKILL'), exit };
}

/** Waits until a writer has written its first tag. */
async function writtenBy(root: string, prefix: string): Promise<void> {
  const layout = ociLayout(root);
  while (!(await layout.tags('app')).some((tag) => tag.startsWith(prefix))) await sleep(1);
}

describe('several processes on one repository', () => {
  test('lose nothing of what any of them writes', async () => {
    const root = fresh();
    const names = ['a', 'b', 'c'];
    const children = await Promise.all(names.map((name) => startWriter(root, name, 8)));
    const codes = await Promise.all(children.map(({ exit }) => exit));
    expect(codes).toEqual([0, 0, 0]);
    const listed = await inspectLayout(join(root, 'app'));
    const written = names.flatMap((name) => Array.from({ length: 8 }, (_, index) => `${name}-${index}`));
    expect(
      listed
        .map(tagOf)
        .filter((tag) => tag !== undefined)
        .sort(),
    ).toEqual([...written, 'channel'].sort());
    expect(await readdir(join(root, 'app'))).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  test('leave a valid layout when they are killed at any moment, and the next one goes on', async () => {
    const root = fresh();
    for (let round = 0; round < 12; round++) {
      const child = await startWriter(root, `r${round}`, 10_000);
      // Half of them die in their first steps, the others in the middle of their work, however slow the machine is.
      if (round % 2 === 0) await sleep(round * 3);
      else await writtenBy(root, `r${round}-`);
      child.kill();
      await child.exit;
      const isThere = (await readdir(root).catch(() => [])).length > 0;
      if (isThere && (await readdir(join(root, 'app'))).includes('oci-layout')) await inspectLayout(join(root, 'app'));
      const layout = ociLayout(root, { lock: { waitSeconds: 10 } });
      const bytes = Buffer.from('{}');
      await layout.putManifest('app', `after-${round}`, bytes, { mediaType: 'application/json' });
    }
    const tags = (await inspectLayout(join(root, 'app'))).map(tagOf);
    expect(tags.filter((tag) => tag?.startsWith('after-'))).toHaveLength(12);
    expect(tags.some((tag) => tag?.startsWith('r'))).toBe(true);
  });
});

describe('a lock', () => {
  const held = { pid, host: hostname(), start: '', token: '0'.repeat(32) };

  test('keeps everybody else out, however many wait', async () => {
    const path = fresh();
    let inside = 0;
    const seen: number[] = [];
    const enter = (): Promise<void> =>
      withLock(path, async () => {
        seen.push(++inside);
        await sleep(1);
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 12 }, enter));
    expect(seen).toEqual(Array(12).fill(1));
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is given back when the work fails', async () => {
    const path = fresh();
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(path, async () => 'free')).toBe('free');
  });

  test('of a process that is gone is broken, by exactly one of many', async () => {
    const child = spawn(execPath, ['-e', '']);
    await once(child, 'exit');
    const path = fresh();
    await writeFile(path, JSON.stringify({ ...held, pid: child.pid }));
    let inside = 0;
    const enter = (): Promise<number> =>
      withLock(path, async () => {
        inside += 1;
        await sleep(1);
        return inside--;
      });
    expect(await Promise.all(Array.from({ length: 8 }, enter))).toEqual(Array(8).fill(1));
  });

  test.runIf(platform === 'linux')(
    'of a process that is gone is broken, also when its number was given anew',
    async () => {
      const path = fresh();
      await writeFile(path, JSON.stringify({ ...held, start: '1' }));
      expect(await withLock(path, async () => 'mine')).toBe('mine');
    },
  );

  test.each<[string, string, object]>([
    ['of this process', `process ${pid} on host "${hostname()}"`, held],
    ['of another host', 'process 1 on host "elsewhere"', { ...held, pid: 1, host: 'elsewhere' }],
    ['of nobody knows whom', 'an unknown process', {}],
  ])('%s is waited for, and then named', async (_, who, holder) => {
    const path = fresh();
    await writeFile(path, JSON.stringify(holder));
    const error = await withLock(path, async () => 'mine', { waitSeconds: 0.05 }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'STORE', message: `Cannot lock "${path}" within 0.05 s: ${who} holds it` });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(holder);
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining(`${count - 1}.`));
  });
});
