/** Rekor v1: entries of the kinds `dsse` 0.0.1 and `hashedrekord` 0.0.1 (rekor 1.5 OpenAPI; what cosign 3.1 sends). */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { SlipwayError } from '../../errors.ts';
import type { Http } from '../http.ts';
import { base64, bytes, hex, hexToBase64, integer, type LogEntry } from './log-entry.ts';
import { ask, endpoint, type Question, readJson, refused, unusable } from './service.ts';

/** A signature over an envelope, of which the log keeps hashes. */
export interface EnvelopeToLog {
  readonly kind: 'dsse';
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** A signature over plain bytes, of which the log keeps a hash. */
export interface MessageToLog {
  readonly kind: 'message';
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Where to log what, and whose signature it is. */
export interface RekorV1Request {
  readonly http: Http;
  /** Base URL; `/api/v1/log/entries` is added. */
  readonly url: URL;
  readonly content: EnvelopeToLog | MessageToLog;
  /** PEM of the signer's certificate. */
  readonly certificate: string;
}

const entry = v.object({
  body: bytes,
  integratedTime: integer,
  logID: hex,
  logIndex: integer,
  verification: v.object({
    signedEntryTimestamp: bytes,
    inclusionProof: v.object({
      checkpoint: v.pipe(v.string(), v.minLength(1)),
      hashes: v.array(hex),
      logIndex: integer,
      rootHash: hex,
      treeSize: integer,
    }),
  }),
});
const answer = v.record(v.string(), entry);
const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

/**
 * Logs a signature and answers the entry. The same entry may be there already (409), from an attempt whose answer was
 * lost: then it is fetched. Throws `STORE` for a refusal or an unusable answer, `UNTRUSTED` for an entry about something
 * else, and the network's codes.
 */
export async function logToRekorV1(request: RekorV1Request): Promise<LogEntry> {
  const { http, url, content, certificate } = request;
  const question: Question = {
    http,
    service: 'transparency log',
    task: 'log the signature',
    url: endpoint(url, 'api/v1/log/entries'),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: Buffer.from(JSON.stringify(proposal(content, certificate))),
  };
  const reply = await ask(question);
  if (reply.ok) return readEntry(question, reply.response.bytes, content);
  if (reply.response.status !== 409) throw refused(question, reply);
  return fetchEntry(question, reply.response.headers.location, content);
}

/** What is proposed. The log hashes the envelope's text as it came: this is the spelling of Go's clients. */
function proposal(content: RekorV1Request['content'], certificate: string): object {
  const pem = base64(Buffer.from(certificate));
  const signature = base64(content.signature);
  if (content.kind === 'message') {
    const data = { hash: { algorithm: 'sha256', value: sha256(content.message) } };
    const spec = { data, signature: { content: signature, publicKey: { content: pem } } };
    return { apiVersion: '0.0.1', kind: 'hashedrekord', spec };
  }
  const { payloadType, payload } = content;
  const envelope = JSON.stringify({
    payloadType,
    payload: base64(payload),
    signatures: [{ keyid: '', sig: signature }],
  });
  return { apiVersion: '0.0.1', kind: 'dsse', spec: { proposedContent: { envelope, verifiers: [pem] } } };
}

// Only the identifier is taken from the header: the log behind a proxy may not know its own address.
async function fetchEntry(
  posted: Question,
  location: string | undefined,
  content: RekorV1Request['content'],
): Promise<LogEntry> {
  const id = /\/([0-9a-fA-F]{64,80})$/.exec(location ?? '')?.[1];
  if (id === undefined) throw unusable(posted, 'has this entry already, but does not say where');
  const { http, service, url } = posted;
  const task = 'fetch the entry of the signature';
  const question: Question = { http, service, task, method: 'GET', url: endpoint(url, id) };
  const reply = await ask(question);
  if (!reply.ok) throw refused(question, reply);
  return readEntry(question, reply.response.bytes, content);
}

function readEntry(question: Question, answered: Uint8Array, content: RekorV1Request['content']): LogEntry {
  const entries = Object.values(readJson(answer, answered) ?? {});
  const [read] = entries;
  if (read === undefined || entries.length !== 1) throw unusable(question, 'sent no complete log entry');
  const kindVersion = kindOf(read.body, content);
  if (kindVersion === undefined) {
    const hint = `nothing was named yet; check what answers at "${question.url.host}"`;
    const state = `"${question.url.host}" answered with an entry about something else`;
    throw new SlipwayError('UNTRUSTED', `Cannot ${question.task}: ${state}`, { hint });
  }
  const { signedEntryTimestamp, inclusionProof: proof } = read.verification;
  return {
    logIndex: read.logIndex,
    logId: { keyId: hexToBase64(read.logID) },
    kindVersion,
    integratedTime: read.integratedTime,
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: proof.logIndex,
      rootHash: hexToBase64(proof.rootHash),
      treeSize: proof.treeSize,
      hashes: proof.hashes.map(hexToBase64),
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: read.body,
  };
}

const apiVersion = v.literal('0.0.1');
const loggedEnvelope = v.object({
  apiVersion,
  kind: v.literal('dsse'),
  spec: v.object({
    payloadHash: v.object({ algorithm: v.literal('sha256'), value: hex }),
    signatures: v.strictTuple([v.object({ signature: bytes })]),
  }),
});
const loggedMessage = v.object({
  apiVersion,
  kind: v.literal('hashedrekord'),
  spec: v.object({
    data: v.object({ hash: v.object({ algorithm: v.literal('sha256'), value: hex }) }),
    signature: v.object({ content: bytes }),
  }),
});

/** Kind and version of an entry, or undefined when it is not about `content`. */
function kindOf(body: string, content: RekorV1Request['content']): LogEntry['kindVersion'] | undefined {
  const text = Buffer.from(body, 'base64');
  const about = content.kind === 'dsse' ? aboutEnvelope(text) : aboutMessage(text);
  const hash = sha256(content.kind === 'dsse' ? content.payload : content.message);
  if (about?.hash !== hash || about.signature !== base64(content.signature)) return undefined;
  return { kind: about.kind, version: about.version };
}

interface About {
  readonly kind: string;
  readonly version: string;
  readonly hash: string;
  readonly signature: string;
}

function aboutEnvelope(body: Uint8Array): About | undefined {
  const read = readJson(loggedEnvelope, body);
  if (read === undefined) return undefined;
  const { payloadHash, signatures } = read.spec;
  return { kind: read.kind, version: read.apiVersion, hash: payloadHash.value, signature: signatures[0].signature };
}

function aboutMessage(body: Uint8Array): About | undefined {
  const read = readJson(loggedMessage, body);
  if (read === undefined) return undefined;
  const { data, signature } = read.spec;
  return { kind: read.kind, version: read.apiVersion, hash: data.hash.value, signature: signature.content };
}
