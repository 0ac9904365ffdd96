/** Artifacts and proofs for the tests of what lies beside artifacts. The proofs are real in form; nobody checks them here. */
import { digestOf } from '../../src/digest.ts';
import type { Attachments, Digest, Entry, ProofGoods, ProofKind, SignatureLayer } from '../../src/model.ts';
import { forms } from '../../src/seal/forms.ts';
import { readNotationSigner } from '../../src/seal/notation/sign.ts';
import { fluxManifest, MANIFEST_TYPE } from '../../src/ship/manifest.ts';
import type { Repositories } from '../../src/ship/ports.ts';
import { registryStore } from '../../src/ship/registry/store.ts';
import type { Goods, Store } from '../../src/ship/store.ts';
import { packed } from '../flow/world.ts';
import { chainOf } from '../seal/notation/certificates.ts';

/** A store in repositories `fleet/<artifact>`. */
export function open(repositories: Repositories): Store {
  const names = { name: 'eu', url: 'oci://registry.example/fleet/{artifact}', repository: 'fleet/{artifact}' };
  return registryStore({
    ...names,
    referencePrefix: 'oci://registry.example/',
    project: 'default',
    repositories,
    forms,
  });
}

/** An artifact without proofs. */
export function goodsOf(name: string, letter = 'a'): Goods {
  const { content, views, bytes } = packed(name, letter);
  // Every artifact has a manifest of its own.
  const commit = digestOf(Buffer.from(name)).slice(7, 47);
  const manifest = fluxManifest(content, { dirty: false, commit });
  const kept = { content: content.digest, manifest: digestOf(manifest), size: content.size, views };
  return { entry: { name, ...kept, resources: 1, proofs: [], since: 1 }, manifest, content: bytes };
}

/** The entry with these as its proofs. */
export const withProofs = (entry: Entry, ...goods: readonly ProofGoods[]): Entry => ({
  ...entry,
  proofs: goods.map(({ proof }) => proof),
});

/** Bytes as a proof. */
export function proofOf(kind: ProofKind, bytes: Uint8Array): ProofGoods {
  const proof = { kind, digest: digestOf(bytes), size: bytes.length, signer: 'key:test', at: '2026-11-20T00:00:00Z' };
  return { proof, bytes };
}

/** A bundle; equal texts give equal bundles. */
export const bundle = (text = 'all'): ProofGoods => proofOf('bundle', Buffer.from(JSON.stringify({ bundle: text })));

/** A layer of a `.sig` manifest. */
export const layerOf = (manifest: Digest, signature = 'c2ln'): SignatureLayer => ({
  payload: Buffer.from(JSON.stringify({ manifest })),
  annotations: { 'dev.cosignproject.cosign/signature': signature },
});

/** A `.sig` signature of an artifact. */
export const signature = (entry: Entry, text?: string): ProofGoods =>
  proofOf('signature', forms.signatureBytes(layerOf(entry.manifest, text)));

const chain = chainOf();
const notary = readNotationSigner({
  key: { text: chain.key, shown: 'notation.key' },
  certificates: { text: chain.pem, shown: 'notation.pem' },
  passphrase: () => undefined,
  agent: 'slipway/0.1.0',
});

/** A Notary Project envelope over an artifact. */
export async function notation({ entry, manifest }: Goods): Promise<ProofGoods> {
  const subject = { mediaType: MANIFEST_TYPE, digest: entry.manifest, size: manifest.length };
  const signingTime = new Date('2026-11-20T00:00:00Z');
  return proofOf('notation', await (await notary).sign(subject, { signingTime }));
}

/** What was found, as digests of proofs. */
export const digestsIn = ({
  bundles,
  signatures,
  notations,
}: Attachments): Readonly<Record<string, readonly Digest[]>> => ({
  bundles: bundles.map(({ digest }) => digest),
  signatures: signatures.map((layer) => digestOf(forms.signatureBytes(layer))),
  notations: notations.map(({ digest }) => digest),
});
