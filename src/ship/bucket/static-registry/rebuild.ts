/** Lists that several publishers write, each from a LIST of keys. */
import { SlipwayError } from '../../../errors.ts';
import type { Objects } from '../../ports.ts';

const ATTEMPTS = 32;

/** What a list of referrers, and of tags, is written as. */
export const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** A LIST moves no content. */
export async function isThere(objects: Objects, key: string): Promise<boolean> {
  return (await objects.list(key, { limit: 1 })).objects[0]?.key === key;
}

/** Where a list comes from and goes to. */
export interface Source {
  /** The names that the list must have, by LIST. */
  read(): Promise<readonly string[]>;
  write(names: readonly string[]): Promise<unknown>;
}

/**
 * Writes the list until a LIST after the write says the same: the last writer of all did so, and whatever was added after its
 * LIST has a writer who comes later. Answers what the list has.
 */
export async function rebuild(key: string, { read, write }: Source): Promise<readonly string[]> {
  let names = await read();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await write(names);
    const now = await read();
    if (now.join('\n') === names.join('\n')) return now;
    names = now;
  }
  throw new SlipwayError('STORE', `Cannot finish "${key}": others added to it ${ATTEMPTS} times meanwhile`, {
    hint: 'run again when fewer publishers write to this repository',
  });
}
