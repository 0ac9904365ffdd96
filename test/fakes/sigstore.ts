/**
 * A Sigstore on the loopback: certificate authority with certificate transparency, both kinds of transparency log, and a
 * timestamp authority, with the trusted root that believes them. On `@sigstore/mock` where that does as real servers do.
 */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock';
import { decode, inside, TAG } from '../../src/wire/sigstore/der.ts';
import { type LogAnswer, logV1, logV2 } from './sigstore-logs.ts';

/** An answer in place of the right one. `after`: the right thing is done all the same, but nobody hears of it. */
export interface Fault {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly after?: true;
}

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface FakeSigstore extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  /** `trusted_root.json`, with these logs and authorities. */
  readonly trustedRoot: Readonly<Record<string, unknown>>;
  readonly requests: readonly Received[];
  /** Answers the next requests to a path with these, one after the other. */
  readonly fail: (path: string, ...faults: readonly Fault[]) => void;
  readonly sizes: () => { readonly v1: number; readonly v2: number };
}

export interface FakeSigstoreOptions {
  /** The whole second that the timestamp authority always tells; in a minute unless told, when certificates still live. */
  readonly stampClock?: Date;
  /** The time of the certificate authority; now unless told. */
  readonly authorityClock?: Date;
  /** Certificates come without a certificate-transparency promise, or with one beside them. */
  readonly sct?: 'none' | 'detached';
}

export const PATHS = {
  fulcio: '/api/v2/signingCert',
  rekor1: '/api/v1/log/entries',
  rekor2: '/api/v2/log/entries',
  tsa: '/api/v1/timestamp',
} as const;

type Pair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
const pair = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const base64 = (view: ArrayBufferView): string =>
  Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64');
const spki = ({ publicKey }: Pair): Buffer => publicKey.export({ type: 'spki', format: 'der' });

/** Starts one. The mock's time parser needs whole seconds: real authorities may have fractions. */
export async function startFakeSigstore(options: FakeSigstoreOptions = {}): Promise<FakeSigstore> {
  const requests: Received[] = [];
  const faults = new Map<string, Fault[]>();
  const server = createServer((request, response) => {
    serve(request, response, { requests, faults, services: () => services }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = await makeServices(host, options);
  return {
    url: `http://${host}`,
    host,
    trustedRoot: services.trustedRoot,
    requests,
    fail: (path, ...more) => faults.set(path, [...(faults.get(path) ?? []), ...more]),
    sizes: () => ({ v1: services.v1.size(), v2: services.v2.size() }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function makeServices(host: string, { stampClock, authorityClock, sct }: FakeSigstoreOptions) {
  const keys = { ca: pair(), ct: pair(), log: pair(), tsa: pair(), log2: generateKeyPairSync('ed25519') };
  const ctLog = await initializeCTLog(keys.ct);
  const ca = await initializeCA(keys.ca, sct === undefined ? ctLog : undefined, authorityClock);
  const mockLog = await initializeTLog(`http://${host}`, keys.log);
  const tsa = await initializeTSA(keys.tsa, stampClock ?? new Date((Math.floor(Date.now() / 1000) + 60) * 1000));
  // Without the port: that is how Go clients find a log's name in the URL of the trusted root.
  const v2 = logV2(new URL(`http://${host}`).hostname, keys.log2);
  const chain = (...views: readonly ArrayBufferView[]): object => ({
    certificates: views.map((view) => ({ rawBytes: base64(view) })),
  });
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const log = (rawBytes: Uint8Array, keyDetails: string, keyId: Uint8Array): object => ({
    baseUrl: `http://${host}`,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(rawBytes), keyDetails, validFor },
    logId: { keyId: base64(keyId) },
  });
  const keyId = (of: Pair): Buffer => createHash('sha256').update(spki(of)).digest();
  const ecdsa = 'PKIX_ECDSA_P256_SHA_256';
  const trustedRoot = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(spki(keys.log), ecdsa, keyId(keys.log)), log(spki(keys.log2), 'PKIX_ED25519', v2.keyId)],
    certificateAuthorities: [{ uri: `http://${host}`, certChain: chain(ca.rootCertificate), validFor }],
    ctlogs: [log(spki(keys.ct), ecdsa, keyId(keys.ct))],
    timestampAuthorities: [
      { uri: `http://${host}`, certChain: chain(tsa.intCertificate, tsa.rootCertificate), validFor },
    ],
  };
  return { fulcio: fulcioHandler(ca), v1: logV1(mockLog), v2, tsa, trustedRoot, sct };
}

type FakeServices = Awaited<ReturnType<typeof makeServices>>;

interface Serving {
  readonly requests: Received[];
  readonly faults: Map<string, Fault[]>;
  readonly services: () => FakeServices;
}

async function serve(request: IncomingMessage, response: ServerResponse, { requests, faults, services }: Serving) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { method = '', url: path = '', headers } = request;
  requests.push({ method, path, headers, body });
  const fault = faults.get(path)?.shift();
  const right = fault === undefined || fault.after === true ? await answer(path, body, services()) : undefined;
  if (fault !== undefined) return send(response, { status: fault.status, body: fault.body ?? '' }, fault.headers);
  send(response, right ?? { status: 404, body: '' });
}

function send(response: ServerResponse, { status, body, location }: LogAnswer, headers: object = {}): void {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  response.writeHead(status, { ...(location === undefined ? {} : { location }), ...headers });
  response.end(bytes);
}

async function answer(path: string, body: Buffer, services: FakeServices): Promise<LogAnswer | undefined> {
  if (path === PATHS.fulcio) return certify(body, services);
  if (path === PATHS.rekor1) return services.v1.add(JSON.parse(body.toString()));
  if (path.startsWith(`${PATHS.rekor1}/`)) return services.v1.get(path.slice(PATHS.rekor1.length + 1));
  if (path === PATHS.rekor2) return services.v2.add(JSON.parse(body.toString()));
  return path === PATHS.tsa ? stamp(body, services) : undefined;
}

async function certify(body: Buffer, { fulcio, sct }: FakeServices): Promise<LogAnswer> {
  const { statusCode, response } = await fulcio.fn(body.toString());
  if (statusCode !== 201 || sct === undefined) return { status: statusCode, body: response };
  const { chain } = JSON.parse(String(response)).signedCertificateEmbeddedSct;
  // Fulcio puts the promise as JSON, in base64 (`ctl.ToAddChainResponse`).
  const beside =
    sct === 'detached' ? { signedCertificateTimestamp: Buffer.from('{"sct_version":0}').toString('base64') } : {};
  return { status: 201, body: { signedCertificateDetachedSct: { chain, ...beside } } };
}

// The mock takes requests as JSON, which real authorities do not know.
async function stamp(body: Buffer, { tsa }: FakeServices): Promise<LogAnswer> {
  const [, imprint, nonce, certificate] = inside(decode(body)?.[0], TAG.sequence) ?? [];
  const hash = inside(imprint, TAG.sequence)?.[1];
  if (hash === undefined || nonce === undefined) return { status: 400, body: { code: 400, message: 'not a query' } };
  const stamped = await tsa.timestamp({
    artifactHash: Buffer.from(hash.content),
    hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
    nonce: Buffer.from(nonce.content).readUIntBE(0, nonce.content.length),
    policyOID: '1.3.6.1.4.1.57264.2',
    certReq: certificate?.content[0] === 0xff,
  });
  return { status: 200, body: Buffer.from(stamped.buffer, stamped.byteOffset, stamped.byteLength) };
}
