/** Records made of letters: what is in them is all that tells them apart. */
import { digestOf, viewOfBytes } from '../../../src/digest.ts';
import type { Digest, Entry, ReleaseRecord } from '../../../src/model.ts';

/** Artifacts by name, each with a letter as its content. */
export type Letters = Readonly<Record<string, string>>;

/** The content that a letter stands for. */
export const contentOf = (letter: string): Digest => digestOf(Buffer.from(letter));

const commitOf = (generation: number): string => generation.toString(16).padStart(40, '0');

/** An entry; `since` is also its commit. */
export function entry(name: string, letter: string, since: number): Entry {
  const view = viewOfBytes(Buffer.from(letter));
  const manifest = digestOf(Buffer.from(`manifest ${name} ${letter}`));
  return {
    ...{ name, commit: commitOf(since), content: view.digest, manifest, size: view.size, resources: 1 },
    ...{ views: { tarball: view }, proofs: [], since },
  };
}

/** What a record is besides its number. */
export interface Made {
  readonly letters: Letters;
  readonly before?: ReleaseRecord | undefined;
  readonly generation?: number;
  /** One character. */
  readonly run?: string;
  readonly at?: string;
  readonly more?: Partial<ReleaseRecord>;
}

/** The record after `before`: entries keep their `since` for as long as their letter stays. */
export function made({ letters, before, generation, run = 'a', at, more }: Made): ReleaseRecord {
  const number = generation ?? (before?.generation ?? 0) + 1;
  const former = new Map((before?.artifacts ?? []).map((one) => [one.name, one]));
  const artifacts = Object.keys(letters)
    .sort()
    .map((name) => {
      const letter = letters[name] ?? '';
      const same = former.get(name);
      return same?.content === contentOf(letter) ? same : entry(name, letter, number);
    });
  return {
    ...{ schema: 1, project: 'default', channel: 'prod', generation: number },
    ...(before && { previous: { generation: before.generation, run: before.run } }),
    ...{ run: run.repeat(32), kind: 'publish', at: at ?? '2026-01-01T00:00:00Z', blocked: [], primary: 'eu' },
    ...{ floor: { commit: commitOf(number), time: '2026-01-01T00:00:00Z' }, artifacts, allowed: [], gates: [] },
    ...more,
  };
}

/** Kept by these stores. */
export const kept = (
  record: ReleaseRecord,
  ...stores: readonly string[]
): { record: ReleaseRecord; stores: readonly string[] } => ({
  record,
  stores,
});
