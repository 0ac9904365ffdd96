/** Artifacts to prove, and what readers find beside them afterwards. */
import type { Attachments, Digest, MadeProof, ProofKind, Requirement, Shown, Subject } from '../../src/model.ts';
import { forms } from '../../src/seal/forms.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** A digest that is this number. */
export const digest = (number: number): Digest => `sha256:${number.toString(16).padStart(64, '0')}`;

/** Requirements of these kinds by one signer. */
export const wanting = (signer: string, ...kinds: readonly ProofKind[]): readonly Requirement[] =>
  kinds.map((kind) => ({ kind, signer }));

/** Artifact `number` of a release: its views are its number and one or two million. */
export function subject(number: number, lacks: readonly Requirement[], name = `app-${number}`): Subject {
  return {
    name,
    manifest: { mediaType: MANIFEST_TYPE, digest: digest(number), size: 600 + number },
    views: [digest(1_000_000 + number), digest(2_000_000 + number)],
    repository: `registry.example/fleet/${name}`,
    built: {},
    lacks,
  };
}

/** How a registry shows an artifact; with a view, how a bucket does. */
export function shown({ name, manifest }: Subject, shows: Digest = manifest.digest): Shown {
  return { name, manifest, shows };
}

/** What lies beside an artifact once its proofs are attached. */
export function beside({ name, manifest }: Subject, made: readonly MadeProof[]): Attachments {
  const own = made.filter(({ artifacts }) =>
    artifacts.some((one) => one.name === name && one.manifest === manifest.digest),
  );
  const of = (...kinds: readonly ProofKind[]): readonly MadeProof[] =>
    own.filter(({ proof }) => kinds.includes(proof.kind));
  const plain = ({ proof, bytes }: MadeProof): Attachments['bundles'][number] => ({ digest: proof.digest, bytes });
  return {
    bundles: of('bundle', 'views').map(plain),
    signatures: of('signature').flatMap(({ bytes }) => forms.signatureLayer(bytes) ?? []),
    notations: of('notation').map(plain),
  };
}
