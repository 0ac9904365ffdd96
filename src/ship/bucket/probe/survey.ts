/** Tries reads and listings, as the ledger and Flux use them. */
import { viewOfBytes } from '../../../digest.ts';
import { asSlipwayError, SlipwayError } from '../../../errors.ts';
import type { Objects } from '../../ports.ts';
import type { Capability, CreateClass } from './classes.ts';
import { bodyOf, CREATE, corrupt, JSON_TYPE, type Probe, same } from './scratch.ts';

/** In byte order, different also where case does not count; the first stands before `/`, as `-` does. */
const NAMES = ['-', '0', 'B', 'Z', '_', 'a', 'c', '~'] as const;

/** What ETags, reads and listings are like. `found` is the class of creates. */
export async function survey(
  probe: Probe,
  found: CreateClass,
): Promise<Pick<Capability, 'etag' | 'reads' | 'listing'>> {
  const { objects, home } = probe;
  const folder = `${home}list/`;
  const held = new Map(NAMES.map((name) => [folder + name, bodyOf(probe, `object ${name}`)]));
  // Last one first: a listing in the order of writing must not look right.
  for (const [key, bytes] of [...held].reverse())
    await objects.put(key, bytes, found === 'unsupported' ? JSON_TYPE : CREATE);
  const [renewed, old] = [...held][0] ?? ['', new Uint8Array()];
  const fresh = bodyOf(probe, 'object overwritten by a longer one');
  held.set(renewed, fresh);
  await objects.put(renewed, fresh, JSON_TYPE);
  const read = await objects.get(renewed);
  if (read === undefined || !(same(read.bytes, fresh) || same(read.bytes, old))) throw corrupt(renewed);
  const { objects: all } = await objects.list(folder);
  const shown = all.filter(({ key, size }) => held.get(key)?.length === size);
  const etags = new Map([...held].map(([key, bytes]) => [key, viewOfBytes(bytes).md5]));
  return {
    etag:
      shown.every(({ key, etag }) => etag === etags.get(key)) && read.etag === viewOfBytes(read.bytes).md5
        ? 'md5'
        : 'other',
    reads: same(read.bytes, fresh) ? 'fresh' : 'stale',
    listing: shown.length < held.size ? 'stale' : await orderOf(objects, folder),
  };
}

/** Asks for short pages, as the ledger does for the newest record: whole listings are put in order on their way here. */
async function orderOf(objects: Objects, folder: string): Promise<Capability['listing']> {
  const pages: Parameters<Objects['list']>[1][] = [
    { limit: 1 },
    { delimiter: '/', startAfter: `${folder}/`, limit: 3 },
  ];
  const keys: string[] = [];
  for (const page of pages) {
    const listed = await objects.list(folder, page).catch(asSlipwayError);
    if (!(listed instanceof SlipwayError)) keys.push(...listed.objects.map(({ key }) => key.slice(folder.length)));
    else if (listed.code === 'STORE') return 'failed';
    else throw listed;
  }
  return keys.join() === NAMES.slice(0, 4).join() ? 'ordered' : 'unordered';
}
