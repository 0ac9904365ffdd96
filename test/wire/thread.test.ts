import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startThread, type Thread } from '../../src/wire/thread.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-thread-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let count = 0;

/** A thread that does this for every message `m`. */
async function thread(body: string): Promise<Thread> {
  count += 1;
  const file = join(folder, `thread-${count}.mjs`);
  await writeFile(
    file,
    `import { parentPort } from 'node:worker_threads';\nparentPort.on('message', (m) => {${body}});\n`,
  );
  const started = startThread(pathToFileURL(file));
  onTestFinished(() => started.end());
  return started;
}

describe('a thread', () => {
  test('answers each question, in their order', async () => {
    const { ask } = await thread('parentPort.postMessage(m * 2)');
    expect(await Promise.all([1, 2, 3].map(ask))).toEqual([2, 4, 6]);
    expect(await ask(21)).toBe(42);
  });

  test('rejects what it was asked when it fails, and all later questions', async () => {
    const { ask } = await thread('throw new Error("cannot " + m)');
    const asked = [ask('count'), ask('spell')];
    await expect(asked[0]).rejects.toThrow('cannot count');
    await expect(asked[1]).rejects.toThrow('cannot count');
    await expect(ask('read')).rejects.toThrow('cannot count');
  });

  test('rejects what it owes when it is ended', async () => {
    const { ask, end } = await thread('');
    const asked = ask(1);
    await end();
    await expect(asked).rejects.toThrow('The thread has ended');
    await expect(ask(2)).rejects.toThrow('The thread has ended');
  });

  test('rejects when its program is missing', async () => {
    const { ask } = startThread(pathToFileURL(join(folder, 'missing.mjs')));
    await expect(ask(1)).rejects.toThrow('Cannot find module');
  });
});
