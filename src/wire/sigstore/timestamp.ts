/** A timestamp authority: a signed statement of when a signature was there (RFC 3161 over HTTP). */
import { createHash, randomBytes } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import type { Http } from '../http.ts';
import { decode, type Element, encode, inside, TAG } from './der.ts';
import { ask, type Question, refused, unusable } from './service.ts';

/** A timestamp over a signature. */
export interface Timestamp {
  /** The whole TimeStampResp in DER, which bundles carry. */
  readonly response: Uint8Array;
  /** When, by the authority's clock; milliseconds since 1970. Not verified here. */
  readonly at: number;
}

/** Whom to ask for what. */
export interface TimestampRequest {
  readonly http: Http;
  /** The complete endpoint, as signing configs name it. */
  readonly url: URL;
  /** Raw signature bytes. */
  readonly signature: Uint8Array;
}

const SHA256 = Buffer.from('608648016503040201', 'hex');
const SIGNED_DATA = Buffer.from('2a864886f70d010702', 'hex');
const TST_INFO = Buffer.from('2a864886f70d0109100104', 'hex');

/**
 * Requests a timestamp. The answer must be granted, about this signature, and to this request (nonce); its own signature
 * is for verifiers to judge. Throws `STORE` for a refusal or an unusable answer, `UNTRUSTED` for a timestamp of something
 * else, and the network's codes.
 */
export async function requestTimestamp({ http, url, signature }: TimestampRequest): Promise<Timestamp> {
  const imprint = createHash('sha256').update(signature).digest();
  const nonce = freshNonce();
  const question: Question = {
    http,
    service: 'timestamp authority',
    task: 'get a timestamp for the signature',
    url,
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: query(imprint, nonce),
  };
  const reply = await ask(question);
  if (!reply.ok) throw refused(question, reply);
  const response = reply.response.bytes;
  const [whole, ...rest] = decode(response) ?? [];
  const [status, token] = inside(rest.length === 0 ? whole : undefined, TAG.sequence) ?? [];
  const code = numberIn(inside(status, TAG.sequence)?.[0]);
  if (code === undefined) throw unusable(question, 'sent no timestamp response');
  // PKIStatus (RFC 3161 §2.4.2): 0 granted, 1 granted with modifications; 2 to 5 come without a token.
  if (code > 1) throw unusable(question, `did not grant a timestamp (status ${code})`);
  const info = readInfo(token);
  if (info === undefined) throw unusable(question, 'sent a timestamp that cannot be read');
  if (!info.imprint.equals(imprint) || !info.nonce.equals(nonce)) {
    const hint = `nothing was named yet; check what answers at "${url.host}"`;
    const state = `"${url.host}" answered with a timestamp of something else`;
    throw new SlipwayError('UNTRUSTED', `Cannot ${question.task}: ${state}`, { hint });
  }
  return { response, at: info.at };
}

// Positive and without leading zeros, so that it comes back in the same bytes: the first one is 0x40 to 0x7f. A signature
// is new each time, so its hash already tells answers apart.
function freshNonce(): Buffer {
  const nonce = randomBytes(6);
  nonce.writeUInt8((nonce.readUInt8(0) & 0x3f) | 0x40, 0);
  return nonce;
}

// TimeStampReq (RFC 3161 §2.4.1). The certificate is asked for: a trusted root may name only the authority above it.
function query(imprint: Uint8Array, nonce: Uint8Array): Uint8Array {
  const algorithm = encode(TAG.sequence, encode(TAG.oid, SHA256), encode(TAG.nothing));
  return encode(
    TAG.sequence,
    encode(TAG.integer, Buffer.of(1)),
    encode(TAG.sequence, algorithm, encode(TAG.octets, imprint)),
    encode(TAG.integer, nonce),
    encode(TAG.boolean, Buffer.of(0xff)),
  );
}

interface Info {
  readonly imprint: Buffer;
  readonly nonce: Buffer;
  readonly at: number;
}

// ContentInfo { signedData, [0] SignedData { version, algorithms, EncapsulatedContentInfo { tSTInfo, [0] OCTETS } } }
function readInfo(token: Element | undefined): Info | undefined {
  const [type, wrapped] = inside(token, TAG.sequence) ?? [];
  if (!isOid(type, SIGNED_DATA)) return undefined;
  const signedData = inside(inside(wrapped, TAG.context0)?.[0], TAG.sequence);
  const [contentType, content] = inside(signedData?.[2], TAG.sequence) ?? [];
  if (!isOid(contentType, TST_INFO)) return undefined;
  const octets = inside(content, TAG.context0)?.[0];
  if (octets?.tag !== TAG.octets) return undefined;
  return readTstInfo(inside(decode(octets.content)?.[0], TAG.sequence));
}

// TSTInfo { version, policy, messageImprint { algorithm { oid }, hash }, serialNumber, genTime, …, nonce, … }
function readTstInfo(fields: readonly Element[] | undefined): Info | undefined {
  const [algorithm, hash] = inside(fields?.[2], TAG.sequence) ?? [];
  const time = fields?.[4];
  const nonce = fields?.slice(5).find(({ tag }) => tag === TAG.integer);
  if (!isOid(inside(algorithm, TAG.sequence)?.[0], SHA256) || hash?.tag !== TAG.octets) return undefined;
  if (time?.tag !== TAG.time || nonce === undefined) return undefined;
  const at = parseTime(Buffer.from(time.content).toString('latin1'));
  return at === undefined ? undefined : { imprint: Buffer.from(hash.content), nonce: Buffer.from(nonce.content), at };
}

// GeneralizedTime of RFC 3161 §2.4.2: any number of fractional digits, the last one not zero.
function parseTime(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at + Math.floor(Number(`0${fraction}`) * 1000);
}

const isOid = (element: Element | undefined, oid: Buffer): boolean =>
  element?.tag === TAG.oid && oid.equals(element.content);

const numberIn = (element: Element | undefined): number | undefined =>
  element?.tag === TAG.integer && element.content.length === 1 ? element.content[0] : undefined;
