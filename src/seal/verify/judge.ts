/** A policy at work: what was found beside an artifact → why it is believed, or why not. */
import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Attachments, Evidence, ProofJudge, Shown } from '../../model.ts';
import type { NotationPolicy } from '../notation/verify.ts';
import { bundleOpener, type SigstoreAttachments, verifyAttached } from './attached.ts';
import { type Verification, verifyBundle } from './bundle.ts';
import { judgeNotations, type NotationFound } from './notations.ts';

/** Whose proofs count. At least one is there, and all that are there have to be met. */
export interface Judgement {
  readonly sigstore?: Omit<Verification, 'subject'>;
  readonly notation?: NotationPolicy;
  readonly now: () => Date;
}

/** A judge. One bundle that many artifacts share is checked once. */
export function openJudge({ sigstore, notation, now }: Judgement): ProofJudge {
  const bySigstore = sigstore === undefined ? undefined : sigstoreJudge(sigstore);
  const explain = async (artifact: Shown, found: Attachments): Promise<Evidence> => {
    const signed = bySigstore?.(artifact, found);
    const noted = notation === undefined ? undefined : judgeNotations(artifact, found, notation, now());
    return joined(artifact, signed, noted);
  };
  return {
    explain,
    accepts: async (artifact, found) => (await explain(artifact, found)).warnings,
    explainFile: async ({ name, bytes }, bundle) => {
      if (sigstore === undefined) throw onlyNotation();
      const subject = { digest: digestOf(bytes), content: bytes, ...(name === undefined ? {} : { name }) };
      return { warnings: [], ...verifyBundle(bundle, { ...sigstore, subject }) };
    },
  };
}

function onlyNotation(): SlipwayError {
  return new SlipwayError('CONFIG', 'Cannot verify a bundle: the policy names nobody who signs bundles', {
    hint: 'name a key, or an identity with its issuer',
  });
}

/** The manifest by any proof; what a bucket shows in its place by bundles alone, because `.sig` signatures are of manifests. */
function sigstoreJudge(sigstore: Omit<Verification, 'subject'>): (shown: Shown, found: Attachments) => Evidence {
  const opener = bundleOpener(sigstore);
  const verified = (name: string, digest: Shown['shows'], found: SigstoreAttachments): Evidence =>
    verifyAttached(found, { ...sigstore, subject: { name, digest } }, opener);
  return ({ name, manifest, shows }, found) => {
    const own = verified(name, manifest.digest, found);
    if (shows === manifest.digest) return own;
    const shown = verified(name, shows, { bundles: found.bundles, signatures: [] });
    return {
      ...own,
      checked: [...own.checked, ...shown.checked],
      notes: [...new Set([...own.notes, ...shown.notes])],
      warnings: [...new Set([...own.warnings, ...shown.warnings])],
    };
  };
}

const MANIFEST_ONLY =
  'Notation signs the manifest alone: that the bucket shows what belongs to it is the word of the release record';

function joined({ manifest, shows }: Shown, signed: Evidence | undefined, noted: NotationFound | undefined): Evidence {
  if (noted === undefined) {
    if (signed !== undefined) return signed;
    throw new SlipwayError('INTERNAL', 'A policy without signers was asked for a verdict');
  }
  if (signed === undefined) {
    return { ...noted, notes: [...noted.notes, ...(shows === manifest.digest ? [] : [MANIFEST_ONLY])] };
  }
  return {
    ...signed,
    checked: [...signed.checked, ...noted.checked],
    notes: [...signed.notes, ...noted.notes],
    warnings: [...signed.warnings, ...noted.warnings],
  };
}
