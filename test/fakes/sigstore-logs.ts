/**
 * Transparency logs for tests. Rekor v1: the log of `@sigstore/mock`, given entries in the canonical form of real servers,
 * which the mock itself does not make. Rekor v2: our own, with a real Merkle tree (RFC 6962 §2.1) and signed checkpoints
 * (C2SP tlog-checkpoint, Ed25519).
 */
import { createHash, type KeyObject, sign } from 'node:crypto';
import type { initializeTLog } from '@sigstore/mock';

type MockLog = Awaited<ReturnType<typeof initializeTLog>>;

/** What a log answers: a status, JSON, and the address of an entry that is there already. */
export interface LogAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly location?: string;
}

/** A Rekor v1 with memory. */
export interface LogV1 {
  add(request: unknown): Promise<LogAnswer>;
  get(id: string): LogAnswer;
  readonly size: () => number;
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** What stands somewhere in JSON. */
const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );

/** What rekor 1.5 stores of a proposal (`pkg/types/{dsse,hashedrekord}/v0.0.1`). */
function canonical(proposal: unknown): object {
  const { apiVersion, kind, spec } = proposal as Readonly<Record<string, unknown>>;
  if (kind !== 'dsse') return { apiVersion, kind, spec };
  const envelope = String(at(spec, 'proposedContent', 'envelope'));
  const { payload, signatures } = JSON.parse(envelope) as { payload: string; signatures: { sig: string }[] };
  const hash = (data: string | Uint8Array): object => ({ algorithm: 'sha256', value: sha256(data).toString('hex') });
  const verifier = at(spec, 'proposedContent', 'verifiers', 0);
  return {
    apiVersion,
    kind,
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }) => ({ signature: sig, verifier })),
    },
  };
}

/** A Rekor v1 on the mock's log. */
export function logV1(mock: MockLog): LogV1 {
  const entries = new Map<string, unknown>();
  const ids = new Map<string, string>();
  return {
    add: async (request) => {
      const entry = canonical(request);
      const text = JSON.stringify(entry);
      const known = ids.get(text);
      if (known !== undefined) {
        return { status: 409, body: { code: 409, message: 'exists' }, location: `/api/v1/log/entries/${known}` };
      }
      const logged = await mock.log(entry);
      const id = Object.keys(logged)[0] ?? '';
      ids.set(text, id);
      entries.set(id, logged);
      return { status: 201, body: logged };
    },
    get: (id) => ({ status: entries.has(id) ? 200 : 404, body: entries.get(id) ?? { code: 404, message: 'no entry' } }),
    size: () => entries.size,
  };
}

/** A Rekor v2: answers the entry with its proof, once, and refuses what rekor-tiles 2.3 refuses. */
export interface LogV2 {
  add(request: unknown): LogAnswer;
  readonly size: () => number;
  /** As trusted roots name it: sha256 of the C2SP key name and key, whole. */
  readonly keyId: Buffer;
}

/** A Rekor v2 under the name `origin` (the host of its URL, without port). */
export function logV2(origin: string, key: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }): LogV2 {
  const raw = key.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const keyId = sha256(Buffer.concat([Buffer.from(`${origin}\n`), Buffer.of(1), raw]));
  const leaves: Buffer[] = [];
  const checkpoint = (): string => {
    const note = `${origin}\n${leaves.length}\n${root(leaves).toString('base64')}\n`;
    const signature = Buffer.concat([keyId.subarray(0, 4), sign(null, Buffer.from(note), key.privateKey)]);
    return `${note}\n\u2014 ${origin} ${signature.toString('base64')}\n`;
  };
  return {
    keyId,
    size: () => leaves.length,
    add: (request) => {
      const wanted = at(request, 'hashedRekordRequestV002');
      if (wanted === undefined)
        return { status: 400, body: { code: 3, message: 'invalid type, must be hashedrekord' } };
      const body = Buffer.from(JSON.stringify(entryV2(wanted)));
      const leaf = sha256(Buffer.concat([Buffer.of(0), body]));
      if (leaves.some((known) => known.equals(leaf))) {
        return { status: 409, body: { code: 6, message: 'an equivalent entry already exists' } };
      }
      const index = leaves.push(leaf) - 1;
      return { status: 201, body: answerV2(index, leaves, { keyId, body, checkpoint: checkpoint() }) };
    },
  };
}

/** Keys in sorted order, as the log writes them (RFC 8785). */
function entryV2(wanted: unknown): object {
  const certificate = at(wanted, 'signature', 'verifier', 'x509Certificate', 'rawBytes');
  const verifier = {
    keyDetails: at(wanted, 'signature', 'verifier', 'keyDetails'),
    x509Certificate: { rawBytes: certificate },
  };
  const data = { algorithm: 'SHA2_256', digest: at(wanted, 'digest') };
  const hashedRekordV002 = { data, signature: { content: at(wanted, 'signature', 'content'), verifier } };
  return { apiVersion: '0.0.2', kind: 'hashedrekord', spec: { hashedRekordV002 } };
}

interface ProofParts {
  readonly keyId: Buffer;
  readonly body: Buffer;
  readonly checkpoint: string;
}

// protojson with unpopulated fields, as grpc-gateway writes answers.
function answerV2(index: number, leaves: readonly Buffer[], { keyId, body, checkpoint }: ProofParts): object {
  return {
    logIndex: String(index),
    logId: { keyId: keyId.toString('base64') },
    kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
    integratedTime: '0',
    inclusionPromise: null,
    inclusionProof: {
      logIndex: String(index),
      rootHash: root(leaves).toString('base64'),
      treeSize: String(leaves.length),
      hashes: path(index, leaves).map((hash) => hash.toString('base64')),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: body.toString('base64'),
  };
}

const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([Buffer.of(1), left, right]));

/** The largest power of two below `size`. */
const split = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

function root(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first !== undefined && leaves.length === 1) return first;
  const at = split(leaves.length);
  return node(root(leaves.slice(0, at)), root(leaves.slice(at)));
}

function path(index: number, leaves: readonly Buffer[]): readonly Buffer[] {
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  const [near, far] = [leaves.slice(0, at), leaves.slice(at)];
  return index < at ? [...path(index, near), root(far)] : [...path(index - at, far), root(near)];
}
