/** Signing without a key of one's own: who the CI says we are, certified for minutes, logged and timestamped for ever. */
import { eachLimit } from '../../concurrency.ts';
import { SlipwayError } from '../../errors.ts';
import type { Http } from '../../wire/http.ts';
import type { TokenSource } from '../../wire/sigstore/identity-token.ts';
import type { LogEntry } from '../../wire/sigstore/log-entry.ts';
import { logToRekorV1 } from '../../wire/sigstore/rekor-v1.ts';
import { logToRekorV2 } from '../../wire/sigstore/rekor-v2.ts';
import { requestTimestamp } from '../../wire/sigstore/timestamp.ts';
import { bytesToSign, type Message, type Signed, type SigningIdentity } from '../make/identity.ts';
import type { TrustRoot } from '../trust/root.ts';
import { type CertifiedKey, certifiedKeys, checkDated } from './certificate.ts';
import type { LogService, Services } from './services.ts';

/** The audience that certificate authorities ask of tokens unless set up otherwise. */
export const SIGSTORE_AUDIENCE = 'sigstore';

/** Services of a kind that are asked at once. */
const AT_ONCE = 4;

/** Whom to ask, and as whom. */
export interface KeylessOptions {
  /**
   * How the record calls the signer. Must be known before there is a token, and equal for equal signers: made from the
   * identity and issuer that the verification policy names.
   */
  readonly name: string;
  readonly services: Services;
  readonly token: TokenSource;
  /** {@link SIGSTORE_AUDIENCE} unless told. */
  readonly audience?: string | undefined;
  readonly http: Http;
  /** Whom the verifiers believe, where that is known: what they would refuse is refused before it is logged. */
  readonly trust?: TrustRoot | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/**
 * An identity that signs with a short-lived key: one certificate for all its signatures (while it lives), and for each of
 * them one entry in each log and one timestamp of each authority. Nothing is asked before the first signature; the
 * timestamp comes before the log, which forgets nothing. Throws `AUTH`, `DENIED` (identity refused), `UNTRUSTED` (a
 * service answers about something else, or its clock differs), and the codes of network and services.
 */
export function keylessIdentity(options: KeylessOptions): SigningIdentity {
  const { name, services, token, http, trust, audience = SIGSTORE_AUDIENCE, now = Date.now } = options;
  const certified = certifiedKeys({ http, authority: services.authority, token, audience, now });
  return {
    name,
    sign: async (message) => {
      const key = await certified();
      checkTransparency(key, trust, services);
      return (await attempt(key, message, options)) ?? (await again(key, message, options));
    },
  };
}

// A log that knows a signature already got it from an attempt whose answer was lost. ECDSA never signs the same twice.
async function again(key: CertifiedKey, message: Message, options: KeylessOptions): Promise<Signed> {
  const signed = await attempt(key, message, options);
  if (signed !== undefined) return signed;
  const hint = 'run again; if it stays, tell the operator of the transparency log';
  throw new SlipwayError('STORE', 'Cannot log the signature: the log claims to know every new one', { hint });
}

/** Undefined when a log has the signature already and does not hand out its entry. */
async function attempt(key: CertifiedKey, message: Message, options: KeylessOptions): Promise<Signed | undefined> {
  const { services, http } = options;
  const signature = key.sign(bytesToSign(message));
  const timestamps = await eachLimit(services.timestamps, AT_ONCE, async (url) => {
    const { response, at } = await requestTimestamp({ http, url, signature });
    checkDated(key.leaf, at, url.host);
    return response;
  });
  const logged = await eachLimit(services.logs, AT_ONCE, (log) => logTo(log, { key, message, signature, http }));
  const logEntries = logged.filter((entry) => entry !== undefined);
  if (logEntries.length < logged.length) return undefined;
  const chain = key.chain.map(({ raw }) => raw);
  return {
    signature,
    material: { signer: { kind: 'certificate', leaf: key.leaf.raw, chain }, logEntries, timestamps },
  };
}

interface ToLog {
  readonly key: CertifiedKey;
  readonly message: Message;
  readonly signature: Uint8Array;
  readonly http: Http;
}

async function logTo(
  { url, version }: LogService,
  { key, message, signature, http }: ToLog,
): Promise<LogEntry | undefined> {
  const { leaf } = key;
  if (version === 2) {
    const logged = await logToRekorV2({ http, url, message: bytesToSign(message), signature, certificate: leaf.raw });
    return 'entry' in logged ? logged.entry : undefined;
  }
  // cosign and Flux take only the kind `dsse` for an envelope, and only `hashedrekord` for a legacy signature.
  const content =
    message.kind === 'envelope'
      ? { kind: 'dsse' as const, payloadType: message.payloadType, payload: message.payload, signature }
      : { kind: 'message' as const, message: message.payload, signature };
  const entry = await logToRekorV1({ http, url, content, certificate: leaf.toString() });
  checkDated(leaf, Number(entry.integratedTime) * 1_000, url.host);
  return entry;
}

function checkTransparency({ sct }: CertifiedKey, trust: TrustRoot | undefined, { authority }: Services): void {
  if (sct === 'embedded' || trust === undefined || trust.material.ctlogs.length === 0) return;
  const where = sct === 'detached' ? 'beside the certificate, where bundles have no place for it' : 'nowhere';
  const state = `the certificate-transparency promise (SCT) of "${authority.host}" is ${where}, but the trusted root asks for one`;
  const hint = 'let the certificate authority embed SCTs, or use a trusted root without "ctlogs"';
  throw new SlipwayError('UNTRUSTED', `Cannot sign: ${state}`, { hint });
}
