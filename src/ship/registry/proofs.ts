import { SlipwayError } from '../../errors.ts';
import type { Descriptor, Digest, Entry, Proof, ProofForm, ProofForms } from '../../model.ts';
import { MANIFEST_TYPE } from '../manifest.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { Repositories } from '../ports.ts';
import { fallbackTag } from '../referrer.ts';
import type { Proofs } from '../store.ts';
import { attachmentsOf } from './attachments.ts';
import { type Blobs, blobsIn } from './blobs.ts';
import { type Link, referrerLinker } from './referrers.ts';
import { sharedTagsIn } from './shared-tag.ts';
import type { RepositoryOf } from './shelf.ts';
import { addSignature, signatureDigest, signaturesOf } from './signatures.ts';

/** Descriptors of the manifests that a store has seen, by digest. */
export type SeenManifests = Map<Digest, Descriptor>;

/** What the proofs of a registry need besides its repositories. */
export interface RegistryProofsOptions {
  readonly repositoryOf: RepositoryOf;
  readonly forms: ProofForms;
  readonly seen?: SeenManifests;
}

/** Proofs as referrers of the manifest, and under its `.sig` tag. */
export function registryProofs(
  repositories: Repositories,
  { repositoryOf, forms, seen = new Map() }: RegistryProofsOptions,
): Proofs {
  const blobs = blobsIn(repositories);
  const place = { repositories, blobs, forms };
  const tags = sharedTagsIn(repositories);
  const link = referrerLinker(repositories, tags);
  // Both the index and the `.sig` tag are read, changed and written: this process must not race with itself.
  const inTurn = oneAtATime();
  return {
    kinds: ['bundle', 'signature', 'notation'],
    async attach(entry, goods) {
      const repository = repositoryOf(entry.name);
      const subject = await subjectOf(repositories, repository, entry, seen);
      const form = forms.form(goods, subject);
      if (form === undefined) return;
      await inTurn(`${repository}@${entry.manifest}`, async () => {
        if (form.kind === 'referrer') await putReferrer(form, { repositories, repository, blobs, link, subject });
        else await addSignature({ ...place, tags }, repository, { manifest: entry.manifest, layer: form.layer });
      });
    },
    async settle({ name, manifest }) {
      const repository = repositoryOf(name);
      await inTurn(`${repository}@${manifest}`, async () => {
        for (const tag of [forms.signatureTag(manifest), fallbackTag(manifest)]) await tags.settle(repository, tag);
      });
    },
    async get(entry, { kind, digest }) {
      const repository = repositoryOf(entry.name);
      if (kind !== 'signature') return kind === 'views' ? undefined : blobs.read(repository, digest);
      const layers = await signaturesOf(place, repository, entry.manifest);
      const layer = layers.find((one) => signatureDigest(forms, one) === digest);
      return layer && forms.signatureBytes(layer);
    },
    found: (entry) => attachmentsOf(repositories, repositoryOf(entry.name), entry.manifest, forms, blobs),
    missing(entry, found) {
      const there: Readonly<Record<Proof['kind'], ReadonlySet<Digest> | undefined>> = {
        bundle: new Set(found.bundles.map(({ digest }) => digest)),
        views: undefined,
        signature: new Set(found.signatures.map((layer) => signatureDigest(forms, layer))),
        notation: new Set(found.notations.map(({ digest }) => digest)),
      };
      return entry.proofs.filter(({ kind, digest }) => there[kind]?.has(digest) === false);
    },
  };
}

interface ReferrerPlace {
  readonly repositories: Repositories;
  readonly repository: string;
  readonly blobs: Blobs;
  readonly link: (link: Link) => Promise<void>;
  readonly subject: Descriptor;
}

/** Blobs, then the manifest by its digest, then the way to it. Nothing is tagged: registries keep what is attached. */
async function putReferrer(
  { blobs: parts, manifest, descriptor }: Extract<ProofForm, { readonly kind: 'referrer' }>,
  { repositories, repository, blobs, link, subject }: ReferrerPlace,
): Promise<void> {
  await Promise.all(parts.map((blob) => blobs.ensure(repository, blob)));
  const put = { mediaType: MANIFEST_TYPE };
  const result = await repositories.putManifest(repository, descriptor.digest, manifest, put);
  const linked = result.outcome === 'created' && result.linked === true;
  await link({ repository, subject: subject.digest, descriptor, linked });
}

/** The manifest of an entry, with its size, which stands in what is attached to it. */
async function subjectOf(
  repositories: Repositories,
  repository: string,
  { name, manifest }: Entry,
  seen: SeenManifests,
): Promise<Descriptor> {
  const known = seen.get(manifest);
  if (known !== undefined) return known;
  const stored = await repositories.getManifest(repository, manifest);
  if (stored === undefined) {
    const message = `Cannot attach a proof to artifact "${name}": its manifest "${manifest}" is missing`;
    throw new SlipwayError('NOT_FOUND', message, { hint: 'run again: the next run puts it' });
  }
  const subject = { mediaType: stored.mediaType, digest: manifest, size: stored.bytes.length };
  seen.set(manifest, subject);
  return subject;
}
