import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { RenderOptions } from '../../src/build/render.ts';
import { toolCache } from '../../src/build/tools.ts';
import { readDocuments } from '../../src/check/yaml/documents.ts';
import { temporaryFolder } from './tree.ts';

/** Programs made of JavaScript, as real executables in a folder of their own. */
export function programs(scripts: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!${process.execPath}\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** Options for rendering with only the programs of `folder` on PATH. */
export function optionsFor(folder: string, env: Readonly<Record<string, string>> = {}): RenderOptions {
  const door = { ...env, PATH: [folder, ''].join(delimiter) };
  const read: RenderOptions['read'] = (text) => readDocuments(text, { artifact: '', file: '' }).documents;
  return { env: door, tools: toolCache(door), read, twice: false };
}
