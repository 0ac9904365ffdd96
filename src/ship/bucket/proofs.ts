import { digestOf } from '../../digest.ts';
import type { Digest, Proof, ProofForms, ProofKind } from '../../model.ts';
import type { Objects } from '../ports.ts';
import type { Proofs } from '../store.ts';
import { putImmutable } from './immutable.ts';

interface Form {
  readonly suffix: string;
  readonly contentType: string;
}

const BUNDLE: Form = { suffix: '.sigstore.json', contentType: 'application/vnd.dev.sigstore.bundle.v0.3+json' };

const FORMS: Readonly<Record<ProofKind, Form>> = {
  bundle: BUNDLE,
  views: BUNDLE,
  signature: { suffix: '.sig.json', contentType: 'application/json' },
  notation: { suffix: '.jws', contentType: 'application/jose+json' },
};

const keyOf = ({ kind, digest }: Proof): string =>
  `proofs/sha256/${digest.slice('sha256:'.length)}${FORMS[kind].suffix}`;

/** Proofs as immutable objects named by digest; the record says which artifact has which. */
export function bucketProofs(objects: Objects, forms: ProofForms): Proofs {
  // Many artifacts share a proof: in one run it is read once and put once.
  const read = new Map<string, Promise<Uint8Array | undefined>>();
  const attached = new Map<string, Promise<void>>();

  async function readObject(proof: Proof): Promise<Uint8Array | undefined> {
    const object = await objects.get(keyOf(proof));
    return object !== undefined && digestOf(object.bytes) === proof.digest ? object.bytes : undefined;
  }

  function bytesOf(proof: Proof): Promise<Uint8Array | undefined> {
    const key = keyOf(proof);
    const known = read.get(key);
    if (known !== undefined) return known;
    const reading = readObject(proof);
    read.set(key, reading);
    const settled = (bytes?: Uint8Array): void => {
      if (bytes !== undefined) return;
      read.delete(key);
      attached.delete(key);
    };
    reading.then(settled, () => settled());
    return reading;
  }

  return {
    kinds: ['bundle', 'views', 'notation'],
    async attach(_entry, { proof, bytes }) {
      const key = keyOf(proof);
      const { digest, kind } = proof;
      const { contentType } = FORMS[kind];
      // A read that began before the write, for another artifact, knows nothing of it.
      const forget = (): void => void read.delete(key);
      const putting = attached.get(key) ?? putImmutable(objects, { key, digest, bytes, contentType }).then(forget);
      attached.set(key, putting);
      putting.catch(() => attached.delete(key));
      await putting;
    },
    // Every proof is an object of its own: nobody writes it over.
    async settle() {},
    get: (_entry, proof) => bytesOf(proof),
    async found({ proofs }) {
      const all = await Promise.all(proofs.map(async (proof) => ({ ...proof, bytes: await bytesOf(proof) })));
      const present = (
        ...kinds: readonly ProofKind[]
      ): readonly { readonly digest: Digest; readonly bytes: Uint8Array }[] =>
        all.flatMap(({ kind, digest, bytes }) =>
          bytes !== undefined && kinds.includes(kind) ? [{ digest, bytes }] : [],
        );
      return {
        bundles: present('bundle', 'views'),
        signatures: present('signature').flatMap(({ bytes }) => forms.signatureLayer(bytes) ?? []),
        notations: present('notation'),
      };
    },
    missing({ proofs }, { bundles, signatures, notations }) {
      const signed = signatures.map((layer) => digestOf(forms.signatureBytes(layer)));
      const there = new Set([
        ...bundles.map(({ digest }) => digest),
        ...notations.map(({ digest }) => digest),
        ...signed,
      ]);
      return proofs.filter(({ digest }) => !there.has(digest));
    },
  };
}
