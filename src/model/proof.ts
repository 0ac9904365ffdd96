/** Proofs: what they are, how the stages hand them on, and what the seal stage tells the ship stage about them. */
import type { Descriptor, Digest, ToolVersion } from './artifact.ts';

/**
 * `bundle`: a Sigstore bundle over manifests. `views`: one over what buckets show. `signature`: a cosign `.sig` signature of one
 * manifest, with its annotations. `notation`: a Notary Project envelope over one manifest.
 */
export type ProofKind = 'bundle' | 'views' | 'signature' | 'notation';

/** A signature or attestation over artifacts, as the record names it. */
export interface Proof {
  readonly kind: ProofKind;
  /** Of the proof's bytes, which are what the store keeps. */
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  /** Who made it; equal for equal signers. */
  readonly signer: string;
  /** When it was made, ISO 8601 in UTC with whole seconds. */
  readonly at: string;
}

/** A proof with its bytes. */
export interface ProofGoods {
  readonly proof: Proof;
  readonly bytes: Uint8Array;
}

/** A proof that the seal stage made, and the artifacts that it is about. */
export interface MadeProof extends ProofGoods {
  readonly artifacts: readonly { readonly name: string; readonly manifest: Digest }[];
}

/** A proof that an artifact has to have. */
export interface Requirement {
  readonly kind: ProofKind;
  readonly signer: string;
}

/** An artifact to be proved, as the seal stage sees it. */
export interface Subject {
  readonly name: string;
  /** The manifest, with its size. */
  readonly manifest: Descriptor;
  /** Digests of what buckets show of it. */
  readonly views: readonly Digest[];
  /** `registry/repository` where it is published, as older signatures name it. */
  readonly repository: string;
  /** How this run built it; absent for what was published before. */
  readonly built?: { readonly renderer?: ToolVersion; readonly input?: Digest };
  readonly lacks: readonly Requirement[];
}

/** One layer of a `.sig` manifest. */
export interface SignatureLayer {
  readonly payload: Uint8Array;
  /** Of others' layers, which keep theirs. Absent: that of cosign's simple signing. */
  readonly mediaType?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What readers find beside an artifact, whoever put it there. */
export interface Attachments {
  /** Sigstore bundles. */
  readonly bundles: readonly { readonly digest: Digest; readonly bytes: Uint8Array }[];
  readonly signatures: readonly SignatureLayer[];
  /** Envelopes of the Notary Project. */
  readonly notations: readonly { readonly digest: Digest; readonly bytes: Uint8Array }[];
}

/** An artifact as the policy sees it: `shows` is what its name shows in the store, the manifest or a view. */
export interface Shown {
  readonly name: string;
  readonly manifest: Descriptor;
  readonly shows: Digest;
}

/** A descriptor in an index of referrers. */
export interface ReferrerDescriptor extends Descriptor {
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a registry must hold so that readers find a proof beside its artifact. */
export type ProofForm =
  | {
      readonly kind: 'referrer';
      /** In the repository before the manifest. */
      readonly blobs: readonly { readonly digest: Digest; readonly bytes: Uint8Array }[];
      readonly manifest: Uint8Array;
      readonly descriptor: ReferrerDescriptor;
    }
  | { readonly kind: 'signature'; readonly layer: SignatureLayer };

/** How proofs lie in registries (OCI referrers, cosign's `.sig`); the seal stage knows, the ship stage writes and reads. */
export interface ProofForms {
  /** Undefined where a registry has no place for the proof: views are what buckets show. */
  form(goods: ProofGoods, subject: Descriptor): ProofForm | undefined;
  /** The tag that has an artifact's `.sig` signatures. */
  signatureTag(manifest: Digest): string;
  /** The `.sig` manifest of these signatures in their order, and the blobs that come before it. */
  signatureManifest(layers: readonly SignatureLayer[]): {
    readonly manifest: Uint8Array;
    readonly blobs: readonly { readonly digest: Digest; readonly bytes: Uint8Array }[];
  };
  /** A signature as the bytes of its proof. */
  signatureBytes(layer: SignatureLayer): Uint8Array;
  /** The signature in the bytes of its proof; undefined for what {@link signatureBytes} never gives. */
  signatureLayer(bytes: Uint8Array): SignatureLayer | undefined;
  /** What a referrer's manifest carries, and the layer that is the proof's bytes; undefined for what is no proof. */
  referrerProof(
    manifest: Uint8Array,
  ): { readonly kind: 'bundle' | 'notation'; readonly digest: Digest; readonly size: number } | undefined;
}

/** Who has to have proved what a channel shows. */
export interface ProofPolicy {
  /**
   * Whether what was found proves the artifact, in the eyes of its readers. Answers warnings: what some readers would refuse
   * all the same. Throws `UNTRUSTED`.
   */
  accepts(artifact: Shown, found: Attachments): Promise<readonly string[]>;
}

/** Whose proof it is. */
export type ProvedBy =
  | {
      readonly kind: 'key';
      /** sha256 of the public key's DER: `sha256:<hex>`. */
      readonly fingerprint: string;
    }
  | {
      readonly kind: 'certificate';
      readonly identity: string;
      readonly issuer: string;
      /** What the issuer said of the CI run: source repository's URL, commit, the run's URL. */
      readonly repository?: string;
      readonly commit?: string;
      readonly run?: string;
    };

/** Why an artifact is believed. */
export interface Evidence {
  /** What was checked, from the bytes to the signer, each as a sentence without a full stop. */
  readonly checked: readonly { readonly what: string; readonly detail: string }[];
  /** What was there and not checked, or passed without saying what one might think it says. */
  readonly notes: readonly string[];
  /** What some readers would refuse all the same, each with its remedy. */
  readonly warnings: readonly string[];
  readonly signer: ProvedBy;
  /** The earliest proven time of the signature, ISO 8601 in UTC; missing where nothing proves one. */
  readonly time?: string;
  /** The transparency log's first verified entry. */
  readonly log?: { readonly url: string; readonly index: string };
  /** Where it comes from, as the signer says. What is not said is missing. */
  readonly provenance?: {
    readonly builder?: string;
    readonly buildType?: string;
    /** The URI of the first dependency that was resolved, and its commit. */
    readonly source?: string;
    readonly commit?: string;
    /** The CI run. */
    readonly run?: string;
  };
}

/** A policy that says why, for `slipway verify`. */
export interface ProofJudge extends ProofPolicy {
  /**
   * As {@link ProofPolicy.accepts}, with the reasons. Where a bucket shows something else than the manifest, the manifest's
   * proof comes first and what was checked of the shown bytes follows. Throws `UNTRUSTED`.
   */
  explain(artifact: Shown, found: Attachments): Promise<Evidence>;
  /** Whether a Sigstore bundle proves these bytes, under this name where one is expected. Throws `UNTRUSTED`. */
  explainFile(file: { readonly name?: string; readonly bytes: Uint8Array }, bundle: Uint8Array): Promise<Evidence>;
}

/** How a release is proved; nothing in it opens a connection before it is asked to. */
export interface Sealing {
  /** Whether the run signs; a dry run may know that and have no key. */
  readonly signs: boolean;
  /** What every artifact has to have, one for each kind. Kinds that no reader of the stores looks at are not made. */
  readonly requires: readonly Requirement[];
  /** Absent: what is published need not be signed. */
  readonly policy?: ProofPolicy;
  /**
   * The proofs among what was found that this run's signers made and that hold for the artifact: an earlier attempt was
   * stopped before its record. Absent when nothing signs.
   */
  recognises?(artifact: Shown, found: Attachments): Promise<readonly Proof[]>;
}
