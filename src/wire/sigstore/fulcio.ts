/** Fulcio: a certificate for a short-lived key, against an identity token (fulcio 1.8 `POST /api/v2/signingCert`). */
import { type KeyObject, sign, X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { SlipwayError } from '../../errors.ts';
import type { Http } from '../http.ts';
import { type IdentityToken, tokenFault } from './identity-token.ts';
import { ask, endpoint, type Question, type Reply, readJson, refused, unusable } from './service.ts';

/** A certificate as Fulcio issued it. */
export interface IssuedCertificate {
  readonly leaf: X509Certificate;
  /** From the leaf's issuer upwards; may be empty. */
  readonly chain: readonly X509Certificate[];
  /**
   * Where the certificate-transparency promise (SCT, RFC 6962 §3.3) is: in the certificate, beside it, or nowhere because
   * this Fulcio has no such log. Bundles have no place for one beside it: verifiers that want an SCT will refuse those.
   */
  readonly sct: 'embedded' | 'detached' | 'none';
}

/** Whom to ask for what. */
export interface CertificateRequest {
  readonly http: Http;
  /** Base URL; `/api/v2/signingCert` is added. */
  readonly url: URL;
  /** An ECDSA P-256 pair. */
  readonly key: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly token: IdentityToken;
  /** What the token should be for; Fulcio's own setting, `sigstore` by default. */
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const chain = v.object({ certificates: v.pipe(v.array(v.string()), v.minLength(1)) });
const answer = v.union([
  v.object({ signedCertificateEmbeddedSct: v.object({ chain }) }),
  v.object({
    signedCertificateDetachedSct: v.object({ chain, signedCertificateTimestamp: v.optional(v.nullable(v.string())) }),
  }),
]);

/**
 * Requests a certificate; the key proves itself by signing the token's subject. Throws `AUTH` or `DENIED` when Fulcio
 * refuses, with what is wrong with the token if that can be seen, `STORE` for an unusable answer, `UNTRUSTED` for a
 * certificate of another key, and the network's codes.
 */
export async function requestCertificate(request: CertificateRequest): Promise<IssuedCertificate> {
  const { http, url, key, token } = request;
  const secret = token.reveal();
  const question: Question = {
    http,
    service: 'certificate authority',
    task: `get a signing certificate for "${token.subject}"`,
    url: endpoint(url, 'api/v2/signingCert'),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: requestBody(key, token),
    // Without its signature a token is no secret; with it, every spelling is.
    secrets: [secret, secret.split('.')[2] ?? ''],
  };
  const reply = await ask(question);
  if (!reply.ok) throw explain(question, reply, request);
  const issued = readAnswer(reply.response.bytes);
  if (issued === undefined) throw unusable(question, 'sent no certificate');
  if (!issued.leaf.publicKey.equals(key.publicKey)) {
    const hint = `nothing was signed; check what answers at "${url.host}"`;
    throw new SlipwayError('UNTRUSTED', `Cannot ${question.task}: "${url.host}" certified another key`, { hint });
  }
  return issued;
}

function requestBody({ publicKey, privateKey }: CertificateRequest['key'], token: IdentityToken): Uint8Array {
  const content = publicKey.export({ type: 'spki', format: 'pem' });
  const proofOfPossession = sign('sha256', Buffer.from(token.subject), privateKey).toString('base64');
  return Buffer.from(
    JSON.stringify({
      credentials: { oidcIdentityToken: token.reveal() },
      publicKeyRequest: { publicKey: { algorithm: 'ECDSA', content }, proofOfPossession },
    }),
  );
}

function readAnswer(bytes: Uint8Array): IssuedCertificate | undefined {
  const read = readJson(answer, bytes);
  if (read === undefined) return undefined;
  const embedded = 'signedCertificateEmbeddedSct' in read;
  const issued = embedded ? read.signedCertificateEmbeddedSct : read.signedCertificateDetachedSct;
  const beside = embedded ? undefined : read.signedCertificateDetachedSct.signedCertificateTimestamp;
  try {
    const [leaf, ...issuers] = issued.chain.certificates.map((pem) => new X509Certificate(pem));
    if (leaf === undefined) return undefined;
    return { leaf, chain: issuers, sct: embedded ? 'embedded' : beside ? 'detached' : 'none' };
  } catch {
    return undefined;
  }
}

// Fulcio answers "error processing the identity token" to most faults: what is wrong must be read from the token itself,
// by the clock of the one who refused it.
function explain(question: Question, reply: Extract<Reply, { ok: false }>, request: CertificateRequest): SlipwayError {
  const { status, headers } = reply.response;
  if (![400, 401, 403].includes(status)) return refused(question, reply);
  const { host } = question.url;
  const local = request.now();
  const theirs = Date.parse(headers.date ?? '');
  const now = Number.isNaN(theirs) ? local : theirs;
  const { token, audience } = request;
  const fault = tokenFault(token.claims, audience, now / 1000);
  const words = reply.words === '' ? '' : ` (${reply.words})`;
  const state = `"${host}" refused the identity token of "${token.claims.issuer}"`;
  const message = `Cannot ${question.task}: ${state}${fault === undefined ? words : `: ${fault.state}`}`;
  const hint = fault?.hint ?? `check that "${host}" accepts identities of this issuer for the audience "${audience}"`;
  const skew = Math.round((local - now) / 1000);
  const clock =
    Math.abs(skew) < 60 ? '' : `; this machine's clock is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead'}`;
  return new SlipwayError(status === 403 ? 'DENIED' : 'AUTH', message, { hint: `${hint}${clock}` });
}
