/** The server's half of AWS Signature Version 4 (header form), so that a fake bucket can tell a right key from a wrong one. */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Of a session; without it a request must carry none. */
  readonly sessionToken?: string;
  /** The session is over. */
  readonly expired?: boolean;
}

/** What a request's signature is worth, as S3 error codes. `canonical` is what S3 echoes on a mismatch. */
export type Signature =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'AccessDenied' | 'InvalidAccessKeyId' | 'InvalidToken' | 'ExpiredToken' }
  | { readonly ok: false; readonly code: 'SignatureDoesNotMatch'; readonly canonical: string };

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Checks the `authorization` header of a request against the credentials that the store knows. */
export function checkSignature(request: IncomingMessage, known: readonly Credentials[]): Signature {
  const match = HEADER.exec(request.headers.authorization ?? '');
  if (match === null) return { ok: false, code: 'AccessDenied' };
  const [, accessKey = '', day = '', region = '', signedHeaders = '', given = ''] = match;
  const credentials = known.find((each) => each.accessKey === accessKey);
  if (credentials === undefined) return { ok: false, code: 'InvalidAccessKeyId' };
  const canonical = canonicalRequest(request, signedHeaders);
  const date = String(request.headers['x-amz-date'] ?? '');
  const text = ['AWS4-HMAC-SHA256', date, `${day}/${region}/s3/aws4_request`, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${credentials.secretKey}`);
  const wanted = hmac(key, text).toString('hex');
  if (wanted !== given) return { ok: false, code: 'SignatureDoesNotMatch', canonical };
  if (request.headers['x-amz-security-token'] !== credentials.sessionToken) return { ok: false, code: 'InvalidToken' };
  return credentials.expired === true ? { ok: false, code: 'ExpiredToken' } : { ok: true };
}

function canonicalRequest(request: IncomingMessage, signedHeaders: string): string {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const pairs = query.split('&').filter((pair) => pair !== '');
  const canonicalQuery = pairs
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&');
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  const payload = String(request.headers['x-amz-content-sha256'] ?? '');
  return [request.method, path, canonicalQuery, headers.join(''), signedHeaders, payload].join('\n');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
