/** A bundle back out of its file: nothing in it is believed before it was hashed. */
import { untar } from '../../archive/untar.ts';
import { viewOfBytes } from '../../digest.ts';
import { asSlipwayError, SlipwayError } from '../../errors.ts';
import type { Entry, ProofForms } from '../../model.ts';
import { MARKER } from '../bucket/marker.ts';
import { decodeClaim, decodeRecord, encode } from '../document.ts';
import { memoryObjects } from '../memory.ts';
import type { Objects } from '../ports.ts';
import type { Store } from '../store.ts';
import { type Bundled, type BundleIndex, broken, decodeIndex, INDEX } from './format.ts';
import { bundleStore } from './shelf.ts';
import { checkSound, leadsTo } from './sound.ts';
import { memberOf } from './write.ts';

/** A bundle whose every byte was checked against its digest. */
export interface OpenBundle {
  readonly project: string;
  readonly document: Bundled;
  /** Gives out what is in the bundle; nothing can be written to it. */
  readonly store: Store;
}

type Files = ReadonlyMap<string, Uint8Array>;

function filesIn(bytes: Uint8Array): Files {
  try {
    return new Map(untar(bytes).map(({ path, bytes: content }) => [path, content]));
  } catch (thrown) {
    const { message } = asSlipwayError(thrown);
    throw broken(message.replace(/^Cannot read archive: /, ''), thrown);
  }
}

/** The files are exactly those of the index, with the digests that it names. Throws `CORRUPT`. */
function checkMembers(files: Files, { members }: BundleIndex): void {
  for (const path of files.keys()) {
    if (path !== INDEX && !members.has(path)) throw broken(`"${path}" is not in its index`);
  }
  for (const [path, { digest, size }] of members) {
    const bytes = files.get(path);
    if (bytes === undefined) throw broken(`"${path}" is missing`);
    const found = memberOf(bytes);
    if (found.digest === digest && found.size === size) continue;
    throw broken(`"${path}" was changed: expected "${digest}", found "${found.digest}"`);
  }
}

/** The record or claim. Throws `CORRUPT` for one that is not what its path says, or not in the one form that we write. */
function documentIn(files: Files, { document: path, project }: BundleIndex): Bundled {
  const bytes = files.get(path);
  const [, home, space] = /^releases\/([^/]+)\/([^/]+)\/[^/]+\.json$/.exec(path) ?? [];
  if (bytes === undefined || home !== project) throw broken(`"${path}" is no release of project "${project}"`);
  const what = `"${path}" of the bundle`;
  const document = space === 'versions' ? decodeClaim(bytes, what) : decodeRecord(bytes, what);
  const isPlaced = 'generation' in document ? document.channel === space : path.endsWith(`/${document.version}.json`);
  if (document.project !== project || !isPlaced) throw broken(`"${path}" is the record of another release`);
  if (!Buffer.from(encode(document)).equals(bytes)) throw broken(`"${path}" was written by hand`);
  checkSound(document);
  return document;
}

/** Objects that only give out. `asked` is told every key. */
function readOnly(files: Files, asked: (key: string) => unknown = () => undefined): Objects {
  const refuse = async (): Promise<never> => {
    throw new SlipwayError('INTERNAL', 'A bundle was to be written to');
  };
  const kept = memoryObjects();
  return {
    async get(key) {
      asked(key);
      const bytes = files.get(key);
      return bytes && { bytes, etag: viewOfBytes(bytes).md5 };
    },
    list: kept.list,
    ...{ put: refuse, replace: refuse, delete: refuse },
  };
}

/** Throws `CORRUPT` for an artifact that is not whole, or lacks a proof. */
async function checkEntry(store: Store, entry: Entry): Promise<void> {
  try {
    await store.shelf.check(entry);
  } catch (thrown) {
    throw broken(asSlipwayError(thrown).message, thrown);
  }
  if (!leadsTo(await store.shelf.manifest(entry), entry.content)) {
    throw broken(`the manifest of artifact "${entry.name}" is about other content than "${entry.content}"`);
  }
  const found = await Promise.all(
    entry.proofs.map(async (proof) => ({ proof, bytes: await store.proofs.get(entry, proof) })),
  );
  const lost = found.find(({ bytes }) => bytes === undefined)?.proof;
  if (lost !== undefined) throw broken(`the ${lost.kind} "${lost.digest}" of artifact "${entry.name}" is missing`);
}

/** Whatever the record does not lead to has no business in the bundle. Throws `CORRUPT`. */
function checkNeeded(files: Files, seen: ReadonlySet<string>, { document }: BundleIndex): void {
  const known = new Set([INDEX, MARKER, document, ...seen]);
  const stray = [...files.keys()].find((path) => !known.has(path));
  if (stray !== undefined) throw broken(`nothing in the release needs "${stray}"`);
}

/**
 * Reads a bundle. Throws `CORRUPT` for one that was cut, changed, or has anything in it that its release does not need, `STORE`
 * for one that a newer slipway wrote.
 */
export async function readBundle(
  bytes: Uint8Array,
  { shown, forms }: { readonly shown: string; readonly forms: ProofForms },
): Promise<OpenBundle> {
  const files = filesIn(bytes);
  const first = files.get(INDEX);
  if (first === undefined) throw broken(`it has no "${INDEX}": it is not what slipway pull --bundle writes`);
  const index = decodeIndex(first);
  checkMembers(files, index);
  const document = documentIn(files, index);
  const { project } = index;
  const seen = new Set<string>();
  const checked = bundleStore(
    readOnly(files, (key) => seen.add(key)),
    { project, shown, forms },
  );
  await checked.open();
  for (const entry of document.artifacts) await checkEntry(checked, entry);
  checkNeeded(files, seen, index);
  return { project, document, store: bundleStore(readOnly(files), { project, shown, forms }) };
}
