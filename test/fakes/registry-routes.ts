/** What the fake registry does: the endpoints of distribution-spec v1.1.1 over maps. */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { digestOf } from '../../src/digest.ts';

export interface FakeRepository {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, { readonly bytes: Uint8Array; readonly mediaType: string }>;
  readonly tags: Map<string, string>;
}

export interface Contents {
  readonly repositories: Map<string, FakeRepository>;
  readonly uploads: Map<string, Buffer>;
}

export interface RouteOptions {
  /** The referrers API, with `OCI-Subject`. */
  readonly referrers: boolean;
  /** Drops a manifest when its last tag moves. */
  readonly forgetsUntagged: boolean;
  readonly mounts: boolean;
  /** Otherwise a push to an unknown repository answers `NAME_UNKNOWN`. */
  readonly createsRepositories: boolean;
  readonly absoluteLocations: boolean;
  /** `off` answers 405 to every DELETE, `unsupported` 400 as distribution 2.8 does. Default `on`. */
  readonly deletes?: 'on' | 'off' | 'unsupported';
  /** The most tags, and the most referrers, of one page. */
  readonly pageSize: number;
  readonly origin: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request as the hooks and the log see it. */
export interface RequestInfo {
  /** Counts all requests from 0. */
  readonly index: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Whether it may change what the registry holds; asking for a token does not. */
  readonly write: boolean;
}

/** A request with its body. */
export type Asked = Pick<RequestInfo, 'method' | 'path' | 'query' | 'headers'> & { readonly body: Buffer };

/** A registry without repositories. */
export function emptyContents(): Contents {
  return { repositories: new Map(), uploads: new Map() };
}

/** An error in the registry's form. */
export function failure(status: number, code: string, message: string, headers: Record<string, string> = {}): Reply {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

interface Call extends RouteOptions, Asked {
  readonly contents: Contents;
  readonly name: string;
  /** What follows the endpoint's name in the path. */
  readonly rest: string;
}

const endpoint = /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests|tags|referrers)\/(.*)$/;

/** Answers one request. */
export function route(asked: Asked, contents: Contents, options: RouteOptions): Reply {
  if (asked.path === '/v2/') return { status: 200, body: '{}' };
  const [, name = '', kind, rest = ''] = endpoint.exec(asked.path) ?? [];
  const call: Call = { ...asked, ...options, contents, name, rest };
  if (kind === 'blobs/uploads') return upload(call);
  const repository = contents.repositories.get(name);
  if (kind === 'manifests' && asked.method === 'PUT') return putManifest(call);
  if (repository === undefined) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  if (asked.method === 'DELETE' && (options.deletes ?? 'on') !== 'on')
    return failure(options.deletes === 'off' ? 405 : 400, 'UNSUPPORTED', 'The operation is unsupported.');
  if (kind === 'blobs') return getBlob(call, repository);
  if (kind === 'manifests')
    return asked.method === 'DELETE' ? deleteManifest(call, repository) : getManifest(call, repository);
  if (kind === 'tags' && rest === 'list') return listTags(call, repository);
  if (kind === 'referrers' && options.referrers) return referrers(call, repository);
  return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
}

/** The repository, made if the registry makes repositories. */
function pushable({ contents, name, createsRepositories }: Call): FakeRepository | undefined {
  const known = contents.repositories.get(name);
  if (known !== undefined || !createsRepositories) return known;
  const made: FakeRepository = { blobs: new Map(), manifests: new Map(), tags: new Map() };
  contents.repositories.set(name, made);
  return made;
}

function upload(call: Call): Reply {
  const repository = pushable(call);
  if (repository === undefined) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  if (call.method === 'POST') return startUpload(call, repository);
  const received = call.contents.uploads.get(call.rest);
  if (received === undefined) return failure(404, 'BLOB_UPLOAD_UNKNOWN', 'upload unknown to registry');
  const bytes = Buffer.concat([received, call.body]);
  if (call.method === 'PATCH') {
    call.contents.uploads.set(call.rest, bytes);
    return { status: 202, headers: { ...uploadPlace(call, call.rest), range: `0-${Math.max(0, bytes.length - 1)}` } };
  }
  if (call.method !== 'PUT') return failure(405, 'UNSUPPORTED', 'the operation is unsupported');
  const digest = call.query.get('digest') ?? '';
  if (digestOf(bytes) !== digest) return failure(400, 'DIGEST_INVALID', 'digest does not match the content');
  call.contents.uploads.delete(call.rest);
  repository.blobs.set(digest, bytes);
  return { status: 201, headers: { location: `/v2/${call.name}/blobs/${digest}`, 'docker-content-digest': digest } };
}

function startUpload(call: Call, repository: FakeRepository): Reply {
  const mount = call.query.get('mount') ?? '';
  const source = call.contents.repositories.get(call.query.get('from') ?? '')?.blobs.get(mount);
  if (call.mounts && source !== undefined) {
    repository.blobs.set(mount, source);
    return { status: 201, headers: { location: `/v2/${call.name}/blobs/${mount}`, 'docker-content-digest': mount } };
  }
  const id = randomBytes(8).toString('hex');
  call.contents.uploads.set(id, Buffer.alloc(0));
  return { status: 202, headers: { ...uploadPlace(call, id), 'docker-upload-uuid': id, range: '0-0' } };
}

// The state in the query must come back untouched.
function uploadPlace({ name, absoluteLocations, origin }: Call, id: string): { readonly location: string } {
  return { location: `${absoluteLocations ? origin : ''}/v2/${name}/blobs/uploads/${id}?_state=a%2Fb%3D` };
}

function getBlob({ rest, method }: Call, repository: FakeRepository): Reply {
  const bytes = repository.blobs.get(rest);
  if (bytes === undefined) return failure(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  if (method === 'DELETE') repository.blobs.delete(rest);
  if (method === 'DELETE') return { status: 202 };
  return withLength({ status: 200, headers: { 'docker-content-digest': rest }, body: bytes });
}

function withLength(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, 'content-length': String(Buffer.from(reply.body ?? '').length) } };
}

function getManifest({ rest, headers }: Call, repository: FakeRepository): Reply {
  const digest = rest.startsWith('sha256:') ? rest : (repository.tags.get(rest) ?? '');
  const manifest = repository.manifests.get(digest);
  const accepted = String(headers.accept ?? '*/*');
  // Distribution 2.8 answers 404 when the manifest's type is not asked for.
  const isAccepted = accepted.includes('*/*') || accepted.includes(manifest?.mediaType ?? '');
  if (manifest === undefined || !isAccepted) return failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  const described = { 'content-type': manifest.mediaType, 'docker-content-digest': digest };
  return withLength({ status: 200, headers: described, body: manifest.bytes });
}

interface ParsedManifest {
  readonly config?: { readonly digest: string; readonly mediaType: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly subject?: { readonly digest: string };
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function parseManifest(bytes: Uint8Array): ParsedManifest | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as ParsedManifest;
  } catch {
    return undefined;
  }
}

function putManifest(call: Call): Reply {
  const { rest, body, headers } = call;
  const repository = pushable(call);
  if (repository === undefined) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  const manifest = parseManifest(body);
  if (manifest === undefined) return failure(400, 'MANIFEST_INVALID', 'manifest is not JSON');
  const blobs = [manifest.config, ...(manifest.layers ?? [])].flatMap((blob) =>
    blob === undefined ? [] : [blob.digest],
  );
  const missing = blobs.find((digest) => !repository.blobs.has(digest));
  if (missing !== undefined) return failure(400, 'MANIFEST_BLOB_UNKNOWN', `blob unknown to registry: ${missing}`);
  const digest = digestOf(body);
  if (rest.startsWith('sha256:') && rest !== digest) return failure(400, 'DIGEST_INVALID', 'digest does not match');
  repository.manifests.set(digest, { bytes: body, mediaType: String(headers['content-type']) });
  if (!rest.startsWith('sha256:')) moveTag(call, repository, digest);
  const subject = call.referrers ? manifest.subject?.digest : undefined;
  const named = { location: `/v2/${call.name}/manifests/${digest}`, 'docker-content-digest': digest };
  return { status: 201, headers: { ...named, ...(subject === undefined ? {} : { 'oci-subject': subject }) } };
}

function moveTag({ rest, forgetsUntagged }: Call, { tags, manifests }: FakeRepository, digest: string): void {
  const before = tags.get(rest);
  tags.set(rest, digest);
  if (forgetsUntagged && before !== undefined && ![...tags.values()].includes(before)) manifests.delete(before);
}

function deleteManifest({ rest }: Call, { tags, manifests }: FakeRepository): Reply {
  const isKnown = rest.startsWith('sha256:') ? manifests.delete(rest) : tags.delete(rest);
  for (const [tag, digest] of tags) if (digest === rest) tags.delete(tag);
  return isKnown ? { status: 202 } : failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
}

function listTags({ name, query, pageSize }: Call, { tags }: FakeRepository): Reply {
  const last = query.get('last') ?? '';
  const size = Math.min(Number(query.get('n') ?? pageSize), pageSize);
  const all = [...tags.keys()].sort().filter((tag) => tag > last);
  const page = all.slice(0, size);
  const link = `</v2/${name}/tags/list?n=${size}&last=${page.at(-1)}>; rel="next"`;
  const headers = { 'content-type': 'application/json', ...(all.length > size ? { link } : {}) };
  return { status: 200, headers, body: JSON.stringify({ name, tags: page }) };
}

function referrers({ name, rest, query, pageSize }: Call, { manifests }: FakeRepository): Reply {
  const wanted = query.get('artifactType');
  const found = [...manifests].flatMap(([digest, { bytes, mediaType }]) => {
    const { subject, artifactType, config, annotations } = parseManifest(bytes) ?? {};
    const type = artifactType ?? config?.mediaType;
    if (subject?.digest !== rest || (wanted !== null && wanted !== type)) return [];
    return [{ mediaType, digest, size: bytes.length, artifactType: type, annotations }];
  });
  const type = 'application/vnd.oci.image.index.v1+json';
  const filtered = wanted === null ? {} : { 'oci-filters-applied': 'artifactType' };
  const start = Number(query.get('start') ?? 0);
  const page = found.slice(start, start + pageSize);
  const link = `</v2/${name}/referrers/${rest}?start=${start + pageSize}>; rel="next"`;
  const more = start + pageSize < found.length ? { link } : {};
  const body = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: page });
  return { status: 200, headers: { 'content-type': type, ...filtered, ...more }, body };
}
