/** Reads envelopes that anybody may have written. What comes out is well formed and means nothing before it is verified. */
import type { Descriptor } from '../../model.ts';
import { ARTIFACT_KEY } from '../make/legacy.ts';
import { strictJson } from '../trust/strict-json.ts';
import { quoted } from '../verify/refusal.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { HEADER, PAYLOAD_TYPE, SCHEME, type SignedParts } from './envelope.ts';

/** An envelope in its parts. */
export interface DecodedEnvelope {
  readonly parts: SignedParts;
  readonly signature: Uint8Array;
  readonly chain: readonly [Certificate, ...Certificate[]];
  /** As the header has it, any text. */
  readonly algorithm: string;
  readonly signingTime: Date;
  readonly expiry?: Date;
  /** What the payload says is signed. */
  readonly target: Readonly<Partial<Record<keyof Descriptor, unknown>>>;
  /** The name of the artifact, where slipway signed. */
  readonly artifact?: string;
}

type Loose = Readonly<Record<string, unknown>>;

/** More certificates in one chain are refused. */
const MAX_CHAIN = 20;

/** Decodes an envelope. Throws a plain `Error` whose message is the second half of one of ours. */
export function decodeEnvelope(bytes: Uint8Array): DecodedEnvelope {
  const envelope = objectIn(bytes, 'its envelope');
  const parts = { protected: textOf(envelope, 'protected'), payload: textOf(envelope, 'payload') };
  const header = objectIn(base64url(parts.protected), 'its protected header');
  checkHeader(header);
  const payload = objectIn(base64url(parts.payload), 'its payload');
  const target = asObject(payload.targetArtifact, 'its payload');
  const artifact = artifactOf(target);
  const expiry = header[HEADER.expiry];
  return {
    parts,
    signature: base64url(textOf(envelope, 'signature')),
    chain: chainOf(asObject(envelope.header, 'its header')),
    algorithm: textOf(header, 'alg'),
    signingTime: timeOf(header[HEADER.signingTime]),
    ...(expiry === undefined ? {} : { expiry: timeOf(expiry) }),
    target,
    ...(artifact === undefined ? {} : { artifact }),
  };
}

/** A header marked as critical has to be understood: each of these names once, and no other. */
function checkHeader(header: Loose): void {
  const scheme = header[HEADER.scheme];
  if (scheme !== SCHEME) throw new Error(`its signing scheme is ${shown(scheme)}, and only "${SCHEME}" is supported`);
  if (header.cty !== PAYLOAD_TYPE) throw new Error(`its payload is of type ${shown(header.cty)}`);
  const critical = header.crit;
  const needed = HEADER.expiry in header ? [HEADER.expiry, HEADER.scheme] : [HEADER.scheme];
  const names: readonly unknown[] = Array.isArray(critical) ? critical : [];
  if (names.length === needed.length && needed.every((name) => names.includes(name))) return;
  throw new Error(`it asks for checks that are not supported, or not for all it needs: ${shown(critical)}`);
}

/** Annotations are texts, as for notation, which reads no others. */
function artifactOf({ annotations }: Loose): string | undefined {
  if (annotations === undefined || annotations === null) return undefined;
  const texts = asObject(annotations, 'the list of annotations in its payload');
  const other = Object.values(texts).find((text) => typeof text !== 'string');
  if (other !== undefined) throw new Error(`it has ${shown(other)} where the text of an annotation belongs`);
  return Object.hasOwn(texts, ARTIFACT_KEY) ? textOf(texts, ARTIFACT_KEY) : undefined;
}

function chainOf({ x5c }: Loose): readonly [Certificate, ...Certificate[]] {
  const texts: readonly unknown[] = Array.isArray(x5c) ? x5c.slice(0, MAX_CHAIN + 1) : [];
  if (texts.length > MAX_CHAIN) throw new Error(`it has more than ${MAX_CHAIN} certificates`);
  const [first, ...more] = texts.map((text, index) => {
    try {
      return parseCertificate(base64(text));
    } catch (thrown) {
      throw new Error(`its certificate number ${index + 1} is none: ${(thrown as Error).message}`);
    }
  });
  if (first === undefined) throw new Error('it has no certificate');
  return [first, ...more];
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function timeOf(value: unknown): Date {
  const time = new Date(typeof value === 'string' && RFC_3339.test(value) ? value : Number.NaN);
  if (Number.isNaN(time.getTime())) throw new Error(`it has ${shown(value)} where a time belongs`);
  return time;
}

function objectIn(bytes: Uint8Array, title: string): Loose {
  let value: unknown;
  try {
    value = strictJson(bytes);
  } catch (thrown) {
    throw new Error(`${title} cannot be read: ${(thrown as Error).message}`);
  }
  return asObject(value, title);
}

function asObject(value: unknown, title: string): Loose {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${title} is no object`);
  return value as Loose;
}

function textOf(object: Loose, key: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw new Error(`it has no text "${key}"`);
  return value;
}

/** Without padding, and only in the one form that encoding gives. */
function base64url(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error('one of its parts is not base64url');
  return bytes;
}

function base64(text: unknown): Uint8Array {
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (bytes.toString('base64') !== text) throw new Error('it is not base64');
  return bytes;
}

const shown = (value: unknown): string => quoted(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
