/** cosign's `.sig`: simple signing, a layer's bytes and annotations (cosign 3.1.2 `pkg/cosign/verify.go`). */
import { createHash, X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { ARTIFACT_KEY } from '../make/legacy.ts';
import { describeIssue, someBytes } from '../trust/proto-json.ts';
import { strictJson } from '../trust/strict-json.ts';
import type { Check, Verified } from './answer.ts';
import type { Verification } from './bundle.ts';
import { type ParsedBundle, parseBundle } from './parse.ts';
import { about, anotherName, type Expected, quoted, refusal } from './refusal.ts';
import { authenticate } from './signer.ts';

/** The annotations of a layer, by name. */
export type Annotations = Readonly<Record<string, string>>;

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const BUNDLE = 'dev.sigstore.cosign/bundle';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';

/** The one `type` of cosign's payloads. */
const TYPE = 'cosign container image signature';
const HINT = 'sign again with cosign or slipway';
const UNNAMED = 'cosign signatures name no artifact: only the digest was checked';

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const logBundle = v.strictObject({
  SignedEntryTimestamp: someBytes,
  Payload: v.strictObject({
    body: someBytes,
    integratedTime: number,
    logIndex: number,
    logID: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')),
  }),
});

const entryKind = v.object({ kind: v.string(), apiVersion: v.string() });
const stamp = v.strictObject({ SignedRFC3161Timestamp: someBytes });

const simpleSigning = v.object({
  critical: v.object({
    identity: v.object({ 'docker-reference': v.string() }),
    image: v.object({ 'docker-manifest-digest': v.string() }),
    type: v.string(),
  }),
  optional: v.nullish(v.objectWithRest({ [ARTIFACT_KEY]: v.optional(v.string()) }, v.unknown())),
});

/**
 * Verifies one signature of a `sha256-….sig` manifest offline: `payload` is the layer's bytes. By key, or keyless with the
 * certificate, the log's bundle and the timestamp in the annotations; the chain beside them is the signer's word and not
 * used, the trust root's is. The payload names a repository and no artifact: a note says that only the digest was checked.
 * Throws `UNTRUSTED` with the reason and a remedy; `CONFIG` when the policy needs a trust root and there is none.
 */
export function verifyLegacy(payload: Uint8Array, annotations: Annotations, verification: Verification): Verified {
  return about(verification.subject, () => verifySignature(payload, annotations, verification));
}

/** {@link verifyLegacy}; its reasons are bare. */
export function verifySignature(
  payload: Uint8Array,
  annotations: Annotations,
  { subject, policy, trust }: Verification,
): Verified {
  const authentic = authenticate(rebuilt(payload, annotations), payload, policy, trust);
  const { repository, artifact } = signedFor(payload, subject);
  const named: readonly Check[] =
    artifact === undefined ? [] : [{ what: 'name', detail: `it was signed as ${quoted(artifact)}` }];
  const isUnnamed = subject.name !== undefined && artifact === undefined;
  return {
    ...authentic,
    checked: [
      { what: 'format', detail: 'cosign signature (.sig)' },
      ...authentic.checked,
      { what: 'digest', detail: `${subject.digest}, signed for ${quoted(repository)}` },
      ...named,
    ],
    notes: [...authentic.notes, ...(isUnnamed ? [UNNAMED] : [])],
  };
}

/** The same signature as a bundle v0.1, the version whose log entries have a promise and need no proof. */
function rebuilt(payload: Uint8Array, annotations: Annotations): ParsedBundle {
  const { [SIGNATURE]: signature = '', [CERTIFICATE]: certificate = '' } = annotations;
  if (signature === '') throw refusal(`the annotation "${SIGNATURE}" is missing`, HINT);
  const whose =
    certificate === ''
      ? { publicKey: { hint: '' } }
      : { x509CertificateChain: { certificates: [{ rawBytes: derOf(certificate).toString('base64') }] } };
  const messageDigest = { algorithm: 'SHA2_256', digest: createHash('sha256').update(payload).digest('base64') };
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      ...whose,
      tlogEntries: logEntries(annotations[BUNDLE] ?? ''),
      timestampVerificationData: { rfc3161Timestamps: timestamps(annotations[TIMESTAMP] ?? '') },
    },
    messageSignature: { messageDigest, signature },
  };
  return parseBundle(Buffer.from(JSON.stringify(bundle)));
}

function derOf(pem: string): Buffer {
  try {
    return new X509Certificate(pem).raw;
  } catch (thrown) {
    throw refusal(`the annotation "${CERTIFICATE}" is no certificate`, HINT, thrown);
  }
}

function logEntries(annotation: string): readonly object[] {
  if (annotation === '') return [];
  const { SignedEntryTimestamp, Payload } = read(BUNDLE, logBundle, Buffer.from(annotation));
  const { kind, apiVersion } = read(BUNDLE, entryKind, Buffer.from(Payload.body, 'base64'));
  const entry = {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
  return [entry];
}

function timestamps(annotation: string): readonly object[] {
  if (annotation === '') return [];
  return [{ signedTimestamp: read(TIMESTAMP, stamp, Buffer.from(annotation)).SignedRFC3161Timestamp }];
}

function read<T>(name: string, schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T {
  const failure = (state: string): Error => refusal(`the annotation "${name}" is malformed: ${state}`, HINT);
  let value: unknown;
  try {
    value = strictJson(bytes);
  } catch (thrown) {
    throw failure((thrown as Error).message);
  }
  const checked = v.safeParse(schema, value);
  if (!checked.success) throw failure(describeIssue(checked.issues[0]));
  return checked.output;
}

/** What a payload says besides the digest. */
interface SignedFor {
  /** Which cosign does not compare either. */
  readonly repository: string;
  /** The artifact, where slipway signed. */
  readonly artifact: string | undefined;
}

/** Checks what the payload says. */
function signedFor(payload: Uint8Array, { digest, name }: Expected): SignedFor {
  let value: unknown;
  try {
    value = strictJson(payload);
  } catch (thrown) {
    throw refusal(`the signed payload cannot be read: ${(thrown as Error).message}`, HINT);
  }
  const checked = v.safeParse(simpleSigning, value);
  if (!checked.success || checked.output.critical.type !== TYPE) {
    throw refusal('the signed payload is no signature of an artifact', HINT);
  }
  const { identity, image } = checked.output.critical;
  const signed = image['docker-manifest-digest'];
  if (signed !== digest) {
    throw refusal(`it signs ${quoted(signed)}`, 'this signature belongs to another artifact: sign this one');
  }
  const artifact = checked.output.optional?.[ARTIFACT_KEY];
  if (artifact !== undefined && name !== undefined && artifact !== name) throw anotherName(artifact, name);
  return { repository: identity['docker-reference'], artifact };
}
