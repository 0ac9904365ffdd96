/** What an S3 store does with one request, without the transport: path-style, AWS API version 2006-03-01. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';

export interface FakeObject {
  readonly bytes: Buffer;
  /** Without quotes. */
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly cacheControl: string | undefined;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export type FakeObjects = Map<string, FakeObject>;

/** How a store behaves where real ones differ. */
export interface StoreTraits {
  /**
   * `unsupported` answers 501 to a conditional write, `ignored` accepts it as an unconditional one, `racy` looks when the
   * request comes and writes later.
   */
  readonly conditions: 'atomic' | 'unsupported' | 'ignored' | 'racy';
  readonly etags: 'md5' | 'opaque';
  /** The most entries of one LIST page, whatever `max-keys` asks for. */
  readonly pageSize: number;
  /** The store's clock: milliseconds since 1970. Default: the machine's. */
  readonly now?: () => number;
}

export interface S3Request {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** An S3 error document; `extra` are further elements. */
export function s3Error(status: number, code: string, extra: Readonly<Record<string, string>> = {}): S3Response {
  const elements = Object.entries({ Code: code, Message: `The fake says ${code}.`, ...extra });
  const inner = elements.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join('');
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** Runs one object or bucket operation on `objects`. Synchronous, so every operation is atomic. */
export function operate(objects: FakeObjects, request: S3Request, traits: StoreTraits): S3Response {
  const { method, key } = request;
  if (key === '') {
    if (method === 'HEAD') return { status: 200 };
    return method === 'GET' && request.query.get('list-type') === '2'
      ? list(objects, request.query, traits.pageSize)
      : s3Error(501, 'NotImplemented');
  }
  if (method === 'PUT') return put(objects, request, traits);
  if (method === 'GET' || method === 'HEAD') return get(objects, request);
  if (method !== 'DELETE') return s3Error(405, 'MethodNotAllowed');
  objects.delete(key);
  return { status: 204 };
}

function put(objects: FakeObjects, request: S3Request, traits: StoreTraits): S3Response {
  const { headers, body, key } = request;
  if (headers['content-length'] === undefined) return s3Error(411, 'MissingContentLength');
  if (String(headers['content-encoding'] ?? '').includes('aws-chunked')) return s3Error(501, 'NotImplemented');
  const damage = checksumError(headers, body);
  if (damage !== undefined) return damage;
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = headers;
  const conditional = ifNoneMatch !== undefined || ifMatch !== undefined;
  if (conditional && traits.conditions === 'unsupported') return s3Error(501, 'NotImplemented');
  if (conditional && (traits.conditions === 'atomic' || traits.conditions === 'racy')) {
    const current = objects.get(key);
    if (ifNoneMatch !== undefined && ifNoneMatch !== '*') return s3Error(501, 'NotImplemented');
    if (ifNoneMatch === '*' && current !== undefined) return s3Error(412, 'PreconditionFailed');
    if (ifMatch !== undefined && current === undefined) return s3Error(404, 'NoSuchKey');
    if (ifMatch !== undefined && unquote(ifMatch) !== current?.etag) return s3Error(412, 'PreconditionFailed');
  }
  const etag = traits.etags === 'md5' ? hash('md5', body, 'hex') : randomBytes(16).toString('hex');
  const contentType = headers['content-type'] ?? 'binary/octet-stream';
  objects.set(key, {
    bytes: body,
    etag,
    metadata: metadataOf(headers),
    contentType,
    cacheControl: headers['cache-control'],
    modified: (traits.now ?? Date.now)(),
  });
  return { status: 200, headers: { etag: `"${etag}"` } };
}

function get(objects: FakeObjects, request: S3Request): S3Response {
  const object = objects.get(request.key);
  if (object === undefined) return s3Error(404, 'NoSuchKey', { Key: request.key });
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined && unquote(ifMatch) !== object.etag) return s3Error(412, 'PreconditionFailed');
  const meta = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const headers = { etag: `"${object.etag}"`, 'content-type': object.contentType, ...Object.fromEntries(meta) };
  return { status: 200, headers: { ...headers, 'accept-ranges': 'bytes' }, body: object.bytes };
}

interface Entry {
  readonly name: string;
  /** Absent for a common prefix. */
  readonly object?: FakeObject;
}

function list(objects: FakeObjects, query: URLSearchParams, pageSize: number): S3Response {
  const limit = Math.min(Number(query.get('max-keys') ?? 1000), pageSize);
  const entries = entriesOf(objects, query);
  const page = entries.slice(0, limit);
  const truncated = entries.length > page.length;
  const last = page.at(-1)?.name ?? '';
  const token = truncated
    ? `<NextContinuationToken>${Buffer.from(last).toString('base64')}</NextContinuationToken>`
    : '';
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>fake</Name><KeyCount>${page.length}</KeyCount><MaxKeys>${limit}</MaxKeys><IsTruncated>${truncated}</IsTruncated>${token}${page.map(entryXml).join('')}</ListBucketResult>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function entriesOf(objects: FakeObjects, query: URLSearchParams): readonly Entry[] {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString();
  const after = token === '' ? (query.get('start-after') ?? '') : token;
  const keys = [...objects.keys()].filter(
    (key) => key.startsWith(prefix) && Buffer.compare(bytes(key), bytes(after)) > 0,
  );
  const entries = new Map<string, Entry>();
  for (const key of keys.sort((a, b) => Buffer.compare(bytes(a), bytes(b)))) {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = cut === -1 ? key : key.slice(0, cut + delimiter.length);
    // A page that ended with a common prefix goes on behind everything under it.
    if (cut !== -1 && name === token) continue;
    const object = objects.get(key);
    entries.set(name, cut === -1 && object !== undefined ? { name, object } : { name });
  }
  return [...entries.values()];
}

function entryXml({ name, object }: Entry): string {
  if (object === undefined) return `<CommonPrefixes><Prefix>${escapeXml(name)}</Prefix></CommonPrefixes>`;
  return `<Contents><Key>${escapeXml(name)}</Key><LastModified>${new Date(object.modified).toISOString()}</LastModified><ETag>&quot;${object.etag}&quot;</ETag><Size>${object.bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

function checksumError(headers: IncomingHttpHeaders, body: Buffer): S3Response | undefined {
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== hash('md5', body, 'base64')) return s3Error(400, 'BadDigest');
  const sha256 = headers['x-amz-checksum-sha256'];
  if (sha256 !== undefined && sha256 !== hash('sha256', body, 'base64')) return s3Error(400, 'BadDigest');
  const crc = headers['x-amz-checksum-crc32'];
  const wanted = Buffer.alloc(4);
  wanted.writeUInt32BE(crc32(body));
  if (crc !== undefined && crc !== wanted.toString('base64')) return s3Error(400, 'BadDigest');
  const payload = headers['x-amz-content-sha256'];
  const known = payload === undefined || payload === 'UNSIGNED-PAYLOAD' || payload === hash('sha256', body, 'hex');
  return known ? undefined : s3Error(400, 'XAmzContentSHA256Mismatch');
}

function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const meta = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(meta.map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]));
}

function hash(algorithm: 'md5' | 'sha256', data: Buffer, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(data).digest(encoding);
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
