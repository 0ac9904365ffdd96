/** A release out of its stores, with everything that proves it, as one file. */
import { tar } from '../../archive/tar.ts';
import { eachLimit } from '../../concurrency.ts';
import { digestOf } from '../../digest.ts';
import { asSlipwayError, SlipwayError, throwIfInterrupted } from '../../errors.ts';
import type { Digest, Entry, Progress, Proof, ProofForms, ProofPolicy, SourceFile } from '../../model.ts';
import { MANIFEST_TYPE } from '../manifest.ts';
import { memoryObjects } from '../memory.ts';
import type { Goods, Store } from '../store.ts';
import { type Bundled, encodeIndex, INDEX, type Member } from './format.ts';
import { bundleStore } from './shelf.ts';

const AT_ONCE = 8;

/** What a bundle is made of. */
export interface BundleSource {
  /** The release record, or the claim of a version. */
  readonly document: Bundled;
  /** For messages: `generation 41 of channel "staging"`. */
  readonly label: string;
  /** Stores that may have the bytes; the first that has them whole gives them. */
  readonly stores: readonly Store[];
  /** Whose proofs count where it comes from; absent: nobody has to have signed. */
  readonly policy?: ProofPolicy | undefined;
  readonly forms: ProofForms;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks one store after the other. Throws why one could not answer where none of the others has it. */
async function firstOf<T>(
  stores: readonly Store[],
  read: (store: Store) => Promise<T | undefined>,
): Promise<T | undefined> {
  let failed: SlipwayError | undefined;
  for (const store of stores) {
    try {
      const found = await read(store);
      if (found !== undefined) return found;
    } catch (thrown) {
      const error = asSlipwayError(thrown);
      if (error.code === 'INTERRUPTED') throw error;
      failed ??= new SlipwayError(error.code, `Store "${store.name}": ${error.message}`, {
        hint: error.hint,
        cause: error,
      });
    }
  }
  if (failed !== undefined) throw failed;
  return undefined;
}

function missing(what: string, { name }: Entry, { label }: BundleSource): SlipwayError {
  return new SlipwayError('NOT_FOUND', `Cannot bundle ${label}: no store has ${what} of artifact "${name}" whole`, {
    hint: 'slipway heal writes again what stores lost, where any of them has it',
  });
}

async function goodsOf(entry: Entry, source: BundleSource): Promise<Goods> {
  const goods = await firstOf(source.stores, ({ shelf }) => shelf.get(entry));
  if (goods === undefined) throw missing(`the content "${entry.content}"`, entry, source);
  return goods;
}

/** Bytes of proofs: many artifacts share one, which is read once. */
function proofReader(source: BundleSource): (entry: Entry, proof: Proof) => Promise<Uint8Array> {
  const known = new Map<Digest, Promise<Uint8Array>>();
  const read = async (entry: Entry, proof: Proof): Promise<Uint8Array> => {
    const bytes = await firstOf(source.stores, ({ proofs }) => proofs.get(entry, proof));
    if (bytes === undefined) throw missing(`the ${proof.kind} "${proof.digest}"`, entry, source);
    return bytes;
  };
  return (entry, proof) => {
    const reading = known.get(proof.digest) ?? read(entry, proof);
    known.set(proof.digest, reading);
    return reading;
  };
}

/** What is in the bundle is what is judged: the manifest, and what buckets show where that is proved too. */
async function judge(bundle: Store, { entry, manifest }: Goods, { policy, label }: BundleSource): Promise<void> {
  if (policy === undefined) return;
  const descriptor = { mediaType: MANIFEST_TYPE, digest: entry.manifest, size: manifest.length };
  const hasViews = entry.proofs.some(({ kind }) => kind === 'views');
  const shows = hasViews ? bundle.names.proved(entry) : entry.manifest;
  try {
    await policy.accepts({ name: entry.name, manifest: descriptor, shows }, await bundle.proofs.found(entry));
  } catch (thrown) {
    const { code, message, hint } = asSlipwayError(thrown);
    throw new SlipwayError(code, `Cannot bundle ${label}: ${message}`, { hint, cause: thrown });
  }
}

/**
 * The bundle of a release: a tar that depends on the release alone. Everything is read whole, hashed, and judged by the policy.
 * Throws `NOT_FOUND` for what no store has, `UNTRUSTED`, and what kept the stores from answering.
 */
export async function bundleOf(source: BundleSource): Promise<Uint8Array> {
  const { document, progress, signal } = source;
  const objects = memoryObjects();
  const store = bundleStore(objects, { project: document.project, shown: '', forms: source.forms });
  await store.begin([]);
  const proofBytes = proofReader(source);
  let done = 0;
  await eachLimit(document.artifacts, AT_ONCE, async (entry) => {
    throwIfInterrupted(signal);
    const goods = await goodsOf(entry, source);
    await store.shelf.put(goods);
    await store.shelf.check(entry);
    for (const proof of entry.proofs)
      await store.proofs.attach(entry, { proof, bytes: await proofBytes(entry, proof) });
    await judge(store, goods, source);
    done += 1;
    progress?.({ stage: 'put', store: store.name, done, total: document.artifacts.length });
  });
  if ('generation' in document) await store.ledger.create(document);
  else await store.ledger.createClaim(document);
  const files = await filesIn(objects);
  const path = files.find((file) => file.path.startsWith('releases/'))?.path;
  if (path === undefined) throw new SlipwayError('INTERNAL', 'The bundle has no record');
  const members = new Map(files.map(({ path: at, bytes }): [string, Member] => [at, memberOf(bytes)]));
  const index = encodeIndex({ project: document.project, document: path, members });
  return tar([...files, { path: INDEX, bytes: index }]);
}

/** What the index says of a file. */
export const memberOf = (bytes: Uint8Array): Member => ({ digest: digestOf(bytes), size: bytes.length });

async function filesIn(objects: ReturnType<typeof memoryObjects>): Promise<readonly SourceFile[]> {
  const { objects: listed } = await objects.list('');
  const files = await Promise.all(
    listed.map(async ({ key }) => ({ path: key, bytes: (await objects.get(key))?.bytes })),
  );
  return files.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [{ path, bytes }]));
}
