/**
 * What `@sigstore/verify` 4.1.3 leaves unchecked of log entries: that they name this signer, that they are of a kind which
 * cosign and Flux read, and that the proof says what its checkpoint says.
 */
import type { Bundle } from '@sigstore/bundle';
import * as v from 'valibot';
import type { TrustRoot } from '../trust/root.ts';
import { strictJson } from '../trust/strict-json.ts';
import type { SignedContent } from './parse.ts';
import { quoted, refusal } from './refusal.ts';

/** An entry of a parsed bundle. */
export type LogEntry = Bundle['verificationMaterial']['tlogEntries'][number];

const base64 = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64')),
);
/** Base64 of PEM → DER. */
const pem = v.pipe(
  base64,
  v.transform((bytes) => Buffer.from(bytes.toString('latin1').replace(/-----[^-]*-----|\s/g, ''), 'base64')),
);
const raw = v.object({ rawBytes: base64 });

/** Where the entries of each kind have the signer. */
const SIGNERS: Readonly<Record<string, v.GenericSchema<unknown, Buffer | undefined>>> = {
  'hashedrekord 0.0.1': v.pipe(
    v.object({ spec: v.object({ signature: v.object({ publicKey: v.object({ content: pem }) }) }) }),
    v.transform(({ spec }) => spec.signature.publicKey.content),
  ),
  'dsse 0.0.1': v.pipe(
    v.object({ spec: v.object({ signatures: v.array(v.object({ verifier: pem })) }) }),
    v.transform(({ spec }) => spec.signatures[0]?.verifier),
  ),
  'intoto 0.0.2': v.pipe(
    v.object({
      spec: v.object({
        content: v.object({ envelope: v.object({ signatures: v.array(v.object({ publicKey: pem })) }) }),
      }),
    }),
    v.transform(({ spec }) => spec.content.envelope.signatures[0]?.publicKey),
  ),
  'hashedrekord 0.0.2': v.pipe(
    v.object({
      spec: v.object({
        hashedRekordV002: v.object({
          signature: v.object({
            verifier: v.object({ x509Certificate: v.optional(raw), publicKey: v.optional(raw) }),
          }),
        }),
      }),
    }),
    v.transform(
      ({
        spec: {
          hashedRekordV002: { signature },
        },
      }) => (signature.verifier.x509Certificate ?? signature.verifier.publicKey)?.rawBytes,
    ),
  ),
};

/** The kinds that belong to each content. Others may be true, but Flux and cosign refuse them. */
const KINDS: Readonly<Record<SignedContent['kind'], readonly string[]>> = {
  statement: ['dsse 0.0.1', 'intoto 0.0.2', 'hashedrekord 0.0.2'],
  message: ['hashedrekord 0.0.1', 'hashedrekord 0.0.2'],
};

const HINT = 'the entry belongs to another signature, or was changed: sign again';

/**
 * Checks one entry before the library does; `signer` is the DER of the certificate or the public key (SPKI) that signed.
 * Throws a bare `UNTRUSTED` reason.
 */
export function checkLogEntry(entry: LogEntry, content: SignedContent, signer: Uint8Array, root: TrustRoot): void {
  const { kind, version } = entry.kindVersion;
  const full = `${kind} ${version}`;
  const schema = KINDS[content.kind].includes(full) ? SIGNERS[full] : undefined;
  if (schema === undefined) {
    throw refusal(
      `its log entry is of kind ${quoted(full)}, which cosign and Flux do not read`,
      'sign again with a current version',
    );
  }
  if (logOf(entry, root) === undefined) {
    const known = root.material.tlogs.map(({ baseURL }) => quoted(baseURL)).join(', ');
    throw refusal(
      `its log is not in the trusted root, which has ${known === '' ? 'none' : known}`,
      'use the trusted root of the Sigstore instance that signed (--trusted-root)',
    );
  }
  if (signerIn(entry, schema)?.equals(signer) !== true) {
    throw refusal('its log entry is about another key or certificate', HINT);
  }
  checkProof(entry);
}

/** The trusted root's log with an entry's id. */
export function logOf(
  { logId }: LogEntry,
  { material }: TrustRoot,
): TrustRoot['material']['tlogs'][number] | undefined {
  return material.tlogs.find(({ logID }) => logID.equals(logId.keyId));
}

/** Whether one of the keys of an entry's log was in use at a time, both ends included. */
export function logWasInUse({ logId }: LogEntry, { material }: TrustRoot, time: Date): boolean {
  return material.tlogs.some(
    ({ logID, validFor }) => logID.equals(logId.keyId) && validFor.start <= time && time <= validFor.end,
  );
}

function signerIn(
  { canonicalizedBody }: LogEntry,
  schema: v.GenericSchema<unknown, Buffer | undefined>,
): Buffer | undefined {
  let body: unknown;
  try {
    body = strictJson(canonicalizedBody);
  } catch (thrown) {
    throw refusal(`its log entry cannot be read: ${(thrown as Error).message}`, HINT);
  }
  const read = v.safeParse(schema, body);
  return read.success ? read.output : undefined;
}

/** The library takes size and root hash from the signed checkpoint; those beside it must not say otherwise. */
function checkProof({ kindVersion, logIndex, inclusionProof }: LogEntry): void {
  if (inclusionProof?.checkpoint === undefined) return;
  const [, size, rootHash = ''] = inclusionProof.checkpoint.envelope.split('\n');
  const agrees = size === inclusionProof.treeSize && inclusionProof.rootHash.equals(Buffer.from(rootHash, 'base64'));
  if (!agrees) throw refusal('its inclusion proof contradicts its checkpoint', HINT);
  // In Rekor v2 a log is one shard, and nothing signs the number beside the proof.
  if (kindVersion.version === '0.0.2' && kindVersion.kind === 'hashedrekord' && logIndex !== inclusionProof.logIndex) {
    throw refusal('its log index contradicts its inclusion proof', HINT);
  }
}
