/** The control of the gap tests: files brought into a live prefix in place, as sync clients do it, under the same reader. */
import { memoryObjects } from '../../src/ship/memory.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { bucketReader, type Read } from './gaps-reader.ts';
import { randomOf, scheduler } from './scheduler.ts';

const PREFIX = 'clusters/east/';
const NAMES = ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'] as const;
const YAML = { contentType: 'application/yaml' };

type Files = ReadonlyMap<string, string>;

/** Each release has every file but one, all in its own words. */
const RELEASES: readonly Files[] = [0, 1, 2].map(
  (release) => new Map(NAMES.filter((_, i) => i !== release).map((name) => [PREFIX + name, `release: ${release}\n`])),
);

async function sync(objects: Objects, files: Files): Promise<void> {
  for (const { key } of (await objects.list(PREFIX)).objects) if (!files.has(key)) await objects.delete(key);
  for (const [key, text] of files) await objects.put(key, Buffer.from(text), YAML);
}

const isWhole = (found: ReadonlyMap<string, Buffer>, files: Files): boolean =>
  found.size === files.size && [...files].every(([key, text]) => String(found.get(key)) === text);

/** What a reader was given: `mixed` has files of two releases, `partial` lacks some of the one it has files of. */
export type Torn = 'mixed' | 'partial' | 'empty';

function tornOf(read: Extract<Read, { readonly kind: 'files' }>): Torn | undefined {
  if (RELEASES.some((files) => isWhole(read.files, files))) return undefined;
  if (read.files.size === 0) return 'empty';
  return new Set([...read.files.values()].map(String)).size > 1 ? 'mixed' : 'partial';
}

/** One seed: what a reader that looks all the time has seen torn, after it had seen the first release whole. */
export async function syncInPlace(seed: number): Promise<readonly Torn[]> {
  const turns = scheduler(randomOf(seed));
  const memory = memoryObjects();
  for (const [key, text] of RELEASES[0] ?? []) await memory.put(key, Buffer.from(text), YAML);
  const up = (): boolean => false;
  const torn: Torn[] = [];
  const failures: unknown[] = [];
  let done = false;
  const publisher = turns.gate('publisher', memory, up);
  const publish = async (): Promise<void> => {
    for (const files of RELEASES.slice(1)) await sync(publisher, files);
  };
  const look = async (): Promise<void> => {
    const reader = bucketReader(turns.gate('reader', memory, up));
    while (!done) {
      const read = await reader.read(PREFIX);
      const kind = read.kind === 'files' ? tornOf(read) : undefined;
      if (kind !== undefined) torn.push(kind);
    }
  };
  publish()
    .catch((thrown: unknown) => failures.push(thrown))
    .finally(() => {
      done = true;
    });
  look().catch((thrown: unknown) => failures.push(thrown));
  await turns.run();
  if (failures.length > 0) throw failures[0];
  return torn;
}
