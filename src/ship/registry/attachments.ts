/** Everything that readers find beside an artifact in a registry, whoever put it there. */
import { eachLimit } from '../../concurrency.ts';
import type { Attachments, Digest, ProofForms } from '../../model.ts';
import { MANIFEST_TYPE } from '../manifest.ts';
import type { Repositories } from '../ports.ts';
import { type Blob, type Blobs, blobsIn, readable } from './blobs.ts';
import { referrersOf } from './referrers.ts';
import { signaturesOf } from './signatures.ts';

const AT_ONCE = 8;

/**
 * What is attached to a manifest, found as cosign, notation and Flux find it. What cannot be read is left out: anybody may
 * attach anything. Throws errors of the network and of rights.
 */
export async function attachmentsOf(
  repositories: Repositories,
  repository: string,
  manifest: Digest,
  forms: ProofForms,
  blobs: Blobs = blobsIn(repositories),
): Promise<Attachments> {
  const [proofs, signatures] = await Promise.all([
    referringProofs(repositories, { repository, manifest, forms, blobs }),
    signaturesOf({ repositories, blobs, forms }, repository, manifest),
  ]);
  return { bundles: blobsOf(proofs, 'bundle'), signatures, notations: blobsOf(proofs, 'notation') };
}

interface Place {
  readonly repository: string;
  readonly manifest: Digest;
  readonly forms: ProofForms;
  readonly blobs: Blobs;
}

interface Found extends Blob {
  readonly kind: 'bundle' | 'notation';
}

async function referringProofs(
  repositories: Repositories,
  { repository, manifest, forms, blobs }: Place,
): Promise<readonly Found[]> {
  const listed = await referrersOf(repositories, repository, manifest);
  const images = listed.filter(({ mediaType }) => mediaType === MANIFEST_TYPE);
  const found = await eachLimit(images, AT_ONCE, async ({ digest }): Promise<Found | undefined> => {
    const referrer = await readable(() => repositories.getManifest(repository, digest));
    const proof = referrer && forms.referrerProof(referrer.bytes);
    if (proof === undefined) return undefined;
    const bytes = await blobs.read(repository, proof.digest);
    return bytes && { kind: proof.kind, digest: proof.digest, bytes };
  });
  return found.filter((proof) => proof !== undefined);
}

/** Each once, however often it is attached. */
function blobsOf(proofs: readonly Found[], kind: Found['kind']): readonly Blob[] {
  const wanted = proofs.filter((proof) => proof.kind === kind);
  return [...new Map(wanted.map(({ digest, bytes }) => [digest, { digest, bytes }])).values()];
}
