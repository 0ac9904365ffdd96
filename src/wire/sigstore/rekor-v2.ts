/** Rekor v2 (rekor-tiles 2.3): entries of the kind `hashedrekord` 0.0.2; its servers refuse the kind `dsse`. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { SlipwayError } from '../../errors.ts';
import type { Http } from '../http.ts';
import { base64, bytes, integer, type LogEntry } from './log-entry.ts';
import { ask, endpoint, type Question, readJson, refused, unusable } from './service.ts';

/** Where to log what, and whose signature it is. */
export interface RekorV2Request {
  readonly http: Http;
  /** Base URL; `/api/v2/log/entries` is added. The log answers once the entry is in the tree, after up to 20 seconds. */
  readonly url: URL;
  /** What was signed: for an envelope its pre-authentication encoding. */
  readonly message: Uint8Array;
  /** ECDSA P-256 in ASN.1 DER. */
  readonly signature: Uint8Array;
  /** DER of the signer's certificate. */
  readonly certificate: Uint8Array;
}

/** An entry, or that the log has this very signature already: it does not hand out entries a second time. */
export type LoggedV2 = { readonly entry: LogEntry } | { readonly known: true };

const keyDetails = 'PKIX_ECDSA_P256_SHA_256';
// proto3 JSON leaves out what is zero: the index of a log's first entry.
const index = v.optional(integer, '0');
const answer = v.object({
  logIndex: index,
  logId: v.object({ keyId: bytes }),
  kindVersion: v.object({ kind: v.literal('hashedrekord'), version: v.literal('0.0.2') }),
  inclusionProof: v.object({
    logIndex: index,
    rootHash: bytes,
    treeSize: integer,
    hashes: v.optional(v.array(bytes), []),
    checkpoint: v.object({ envelope: v.pipe(v.string(), v.minLength(1)) }),
  }),
  canonicalizedBody: bytes,
});

/**
 * Logs a signature. Throws `STORE` for a refusal (also by a log that was frozen) or an unusable answer, `UNTRUSTED` for an
 * entry about something else, and the network's codes.
 */
export async function logToRekorV2({ http, url, ...signed }: RekorV2Request): Promise<LoggedV2> {
  const question: Question = {
    http,
    service: 'transparency log',
    task: 'log the signature',
    url: endpoint(url, 'api/v2/log/entries'),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: requestBody(signed),
  };
  const reply = await ask(question);
  if (!reply.ok) {
    if (reply.response.status === 409) return { known: true };
    throw refused(question, reply);
  }
  const entry = readJson(answer, reply.response.bytes);
  if (entry === undefined) throw unusable(question, 'sent no complete log entry');
  if (!isAbout(entry.canonicalizedBody, signed)) {
    const hint = `nothing was named yet; check what answers at "${question.url.host}"`;
    const state = `"${question.url.host}" answered with an entry about something else`;
    throw new SlipwayError('UNTRUSTED', `Cannot ${question.task}: ${state}`, { hint });
  }
  return { entry };
}

type Signed = Pick<RekorV2Request, 'message' | 'signature' | 'certificate'>;

const digestOf = (message: Uint8Array): string => createHash('sha256').update(message).digest('base64');

function requestBody({ message, signature, certificate }: Signed): Uint8Array {
  const verifier = { x509Certificate: { rawBytes: base64(certificate) }, keyDetails };
  const content = base64(signature);
  const hashedRekordRequestV002 = { digest: digestOf(message), signature: { content, verifier } };
  return Buffer.from(JSON.stringify({ hashedRekordRequestV002 }));
}

const logged = v.object({
  spec: v.object({
    hashedRekordV002: v.object({
      data: v.object({ algorithm: v.literal('SHA2_256'), digest: v.string() }),
      signature: v.object({
        content: v.string(),
        verifier: v.object({ x509Certificate: v.object({ rawBytes: v.string() }) }),
      }),
    }),
  }),
});

function isAbout(body: string, { message, signature, certificate }: Signed): boolean {
  const about = readJson(logged, Buffer.from(body, 'base64'))?.spec.hashedRekordV002;
  if (about === undefined) return false;
  const { content, verifier } = about.signature;
  const certified = verifier.x509Certificate.rawBytes === base64(certificate);
  return about.data.digest === digestOf(message) && content === base64(signature) && certified;
}
