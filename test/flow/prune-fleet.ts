/** A small fleet with a clock, releases and prunes. */
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import { prune } from '../../src/ship/prune/prune.ts';
import type { Store } from '../../src/ship/store.ts';
import { MIN_AGE, pruneOptions, type Time } from './prune-world.ts';
import { ARTIFACTS, openStore, type Port, publishOnce } from './world.ts';

/** A bucket and a registry with their clock, and releases in them. */
export interface Fleet {
  readonly time: Time;
  readonly objects: Objects;
  readonly ports: readonly Port[];
  stores(): readonly Store[];
  publish(commit: number, letter: string): Promise<void>;
  prune(options?: Partial<Parameters<typeof prune>[0]>): ReturnType<typeof prune>;
  keys(): Promise<readonly string[]>;
}

/** A fleet with nothing published. */
export function fleet({
  mirror = memoryRepositories({ lock: 'none' }),
}: {
  readonly mirror?: Repositories;
} = {}): Fleet {
  const time: Time = { now: Date.UTC(2026, 0, 1) };
  const objects = memoryObjects({ now: () => time.now });
  const ports: readonly Port[] = [
    { kind: 'bucket', name: 'bucket', port: objects },
    { kind: 'registry', name: 'mirror', port: mirror },
  ];
  const stores = (): readonly Store[] => ports.map(openStore);
  let prunes = 0;
  return {
    time,
    objects,
    ports,
    stores,
    async publish(commit, letter) {
      const letters = Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, `${letter}${artifact}`]));
      const made = { run: commit, commit, letters, stores: stores(), primary: 'bucket', quorum: 2, signer: 'key:a' };
      const { end } = await publishOnce(made);
      if (end !== undefined) throw new Error(end.error?.message);
    },
    prune(options = {}) {
      prunes += 1;
      return prune({ ...pruneOptions(stores(), { keep: 2, run: `${prunes}`, time }), ...options });
    },
    keys: async () => (await objects.list('')).objects.map(({ key }) => key),
  };
}

/** Everything that is marked becomes old enough. */
export const ripen = (time: Time): void => {
  time.now += MIN_AGE;
};
