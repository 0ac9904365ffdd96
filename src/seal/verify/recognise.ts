/** Finds our own proofs again: a run that was stopped between proofs and record left them beside the artifact. */
import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Attachments, Digest, Proof, ProofKind, Requirement, Sealing, Shown } from '../../model.ts';
import { forms } from '../forms.ts';
import { iso } from '../notation/chain.ts';
import { type NotationPolicy, verifyNotation } from '../notation/verify.ts';
import { decodeStatement, isObject, PROVENANCE_TYPE } from '../statement.ts';
import { bundleOpener } from './attached.ts';
import type { Verification } from './bundle.ts';
import { verifySignature } from './legacy.ts';
import { parseBundle } from './parse.ts';

/** Who we are. */
export interface OwnSigners {
  readonly requires: readonly Requirement[];
  /** The policy that our own Sigstore signer meets, and nobody else. */
  readonly sigstore?: Omit<Verification, 'subject'> | undefined;
  readonly notation?: NotationPolicy | undefined;
  readonly now: () => Date;
  /** The time of proofs that tell none, ISO 8601 in UTC with whole seconds. */
  readonly at: string;
}

type Bytes = Attachments['bundles'][number];
type Recogniser = (artifact: Shown, found: Attachments) => Omit<Proof, 'signer'> | undefined;

/** At most one proof of each kind that is required. */
export function openRecogniser(own: OwnSigners): NonNullable<Sealing['recognises']> {
  const byKind = recognisers(own);
  return async (artifact, found) =>
    own.requires.flatMap(({ kind, signer }) => {
      const proof = byKind[kind]?.(artifact, found);
      return proof === undefined ? [] : [{ ...proof, signer }];
    });
}

function recognisers({ sigstore, notation, now, at }: OwnSigners): Readonly<Partial<Record<ProofKind, Recogniser>>> {
  const signed = sigstore === undefined ? undefined : ownBundles(sigstore, at);
  return {
    ...(signed && {
      bundle: ({ name, manifest }, { bundles }) => signed('bundle', { name, digest: manifest.digest }, bundles),
      views: ({ name, manifest, shows }, { bundles }) =>
        shows === manifest.digest ? undefined : signed('views', { name, digest: shows }, bundles),
    }),
    ...(sigstore && { signature: (artifact, found) => ownSignature(artifact, found, sigstore, at) }),
    ...(notation && { notation: (artifact, found) => ownEnvelope(artifact, found, notation, now()) }),
  };
}

/** Statements of ours name the artifact and carry the provenance; what cosign signs with the same key is another proof. */
function ownBundles(
  sigstore: Omit<Verification, 'subject'>,
  at: string,
): (
  kind: ProofKind,
  subject: { readonly name: string; readonly digest: Digest },
  bundles: readonly Bytes[],
) => Omit<Proof, 'signer'> | undefined {
  const open = bundleOpener(sigstore);
  const times = new Map<Digest, string | undefined>();
  return (kind, subject, bundles) => {
    const own = bundles.find((bundle) =>
      holds(() => {
        const { predicateType, checked } = open(bundle).open()(subject);
        return predicateType === PROVENANCE_TYPE && checked.some(({ what }) => what === 'name');
      }),
    );
    if (own === undefined) return undefined;
    const { digest, bytes } = own;
    if (!times.has(digest)) times.set(digest, startedOn(bytes));
    return { kind, digest, size: bytes.length, at: times.get(digest) ?? at };
  };
}

/** The time that our provenance gives, which is that of the proof. */
function startedOn(bundle: Uint8Array): string | undefined {
  const { content } = parseBundle(bundle);
  if (content.kind === 'message') return undefined;
  const { runDetails } = decodeStatement(content.payload).predicate;
  const metadata = isObject(runDetails) ? runDetails.metadata : undefined;
  const time = isObject(metadata) ? metadata.startedOn : undefined;
  return typeof time === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) ? time : undefined;
}

function ownSignature(
  { name, manifest }: Shown,
  { signatures }: Attachments,
  sigstore: Omit<Verification, 'subject'>,
  at: string,
): Omit<Proof, 'signer'> | undefined {
  const against = { ...sigstore, subject: { name, digest: manifest.digest } };
  const own = signatures.find(({ payload, annotations }) =>
    holds(() => {
      verifySignature(payload, annotations, against);
      return true;
    }),
  );
  if (own === undefined) return undefined;
  const bytes = forms.signatureBytes(own);
  return { kind: 'signature', digest: digestOf(bytes), size: bytes.length, at };
}

function ownEnvelope(
  { name, manifest }: Shown,
  { notations }: Attachments,
  notation: NotationPolicy,
  now: Date,
): Omit<Proof, 'signer'> | undefined {
  for (const { digest, bytes } of notations) {
    try {
      const { signingTime } = verifyNotation(bytes, { name, target: manifest }, notation, now);
      return { kind: 'notation', digest, size: bytes.length, at: iso(signingTime) };
    } catch (thrown) {
      passOver(thrown);
    }
  }
  return undefined;
}

/** What is not ours is no error here. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch (thrown) {
    passOver(thrown);
    return false;
  }
}

function passOver(thrown: unknown): void {
  if (!(thrown instanceof SlipwayError) || thrown.code !== 'UNTRUSTED') throw thrown;
}
