/** in-toto statements (in-toto attestation v1.0 `statement.md`): what is said about which artifacts. */
import { SlipwayError } from '../errors.ts';
import { strictJson } from './trust/strict-json.ts';

/** `_type` of the statements we write. */
const STATEMENT_V1 = 'https://in-toto.io/Statement/v1';
/** Read besides: `cosign attest` 3.1 still writes it. Fields and meaning are the same. */
const STATEMENT_V01 = 'https://in-toto.io/Statement/v0.1';

/** Predicate type of {@link Statement}s whose predicate is the SLSA provenance. */
export const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1';
/** Predicate type of what `cosign sign` writes; its predicate is empty. */
export const COSIGN_SIGN_TYPE = 'https://sigstore.dev/cosign/sign/v1';

/** The most subjects that cosign and Flux read (sigstore-go 1.2.1 `pkg/verify/signature.go`). */
export const MAX_SUBJECTS = 1_024;
/** The most digests of one subject that they read. */
const MAX_DIGESTS = 32;

/** What a statement is about. Others also name no subject, or give other digests than `sha256`. */
export interface StatementSubject {
  readonly name?: string;
  /** Lower-case hexadecimal digits by algorithm. */
  readonly digest: Readonly<Record<string, string>>;
}

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** A claim (`predicate`) about every one of the subjects. */
export interface Statement {
  readonly subjects: readonly StatementSubject[];
  readonly predicateType: string;
  readonly predicate: Json;
}

/** JSON with the keys of objects in the order of their code units, so that equal values are equal bytes. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, field]) => [key, sorted(field)]));
}

/** Whether a value is an object of JSON, and no list. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The statement as compact JSON, in the key order of cosign; the predicate's keys are sorted. */
export function encodeStatement({ subjects, predicateType, predicate }: Statement): Uint8Array {
  const subject = subjects.map(({ name, digest }) => ({ ...(name === undefined ? {} : { name }), digest }));
  return Buffer.from(JSON.stringify({ _type: STATEMENT_V1, subject, predicateType, predicate: sorted(predicate) }));
}

/** Fields that in-toto knows; an unknown one is an error for cosign and Flux (strict protojson), so it is one here. */
const STATEMENT_FIELDS: readonly string[] = ['_type', 'subject', 'predicateType', 'predicate'];
const SUBJECT_FIELDS: readonly string[] = [
  ...['name', 'uri', 'digest', 'content', 'downloadLocation', 'mediaType', 'annotations'],
];

/** Others' words, in one line and short. */
const shown = (value: string): string => JSON.stringify(value.slice(0, 60));

const untrusted = (state: string): SlipwayError =>
  new SlipwayError('UNTRUSTED', `Cannot read the signed statement: ${state}`, {
    hint: 'ask whoever publishes it to sign again, with cosign or with slipway publish --allow prove-again',
  });

/**
 * Reads a signed payload as statement, as strictly as cosign and Flux: known fields only, 1 to {@link MAX_SUBJECTS} subjects,
 * each with a digest; `sha256` as 64 lower-case hexadecimal digits. Throws `UNTRUSTED` for anything else.
 */
export function decodeStatement(payload: Uint8Array): Statement {
  const statement = parse(payload);
  if (statement._type !== STATEMENT_V1 && statement._type !== STATEMENT_V01) {
    throw untrusted('it is no in-toto statement v1');
  }
  const unknown = Object.keys(statement).find((field) => !STATEMENT_FIELDS.includes(field));
  if (unknown !== undefined) throw untrusted(`unknown field ${shown(unknown)}`);
  const { subject, predicateType, predicate = {} } = statement;
  if (typeof predicateType !== 'string' || predicateType === '') throw untrusted('it has no predicate type');
  if (!isObject(predicate)) throw untrusted('its predicate is no object');
  if (!Array.isArray(subject) || subject.length === 0) throw untrusted('it has no subjects');
  if (subject.length > MAX_SUBJECTS) throw untrusted(`${subject.length} subjects are more than ${MAX_SUBJECTS}`);
  return { subjects: subject.map(subjectOf), predicateType, predicate };
}

function parse(payload: Uint8Array): Json {
  let value: unknown;
  try {
    value = strictJson(payload);
  } catch (thrown) {
    throw untrusted(thrown instanceof Error ? thrown.message : 'it is not JSON');
  }
  if (!isObject(value)) throw untrusted('it is no object');
  return value;
}

function subjectOf(value: unknown, index: number): StatementSubject {
  const broken = (state: string): SlipwayError => untrusted(`subject ${index + 1} ${state}`);
  if (!isObject(value)) throw broken('is no object');
  const unknown = Object.keys(value).find((field) => !SUBJECT_FIELDS.includes(field));
  if (unknown !== undefined) throw broken(`has an unknown field ${shown(unknown)}`);
  const { name, digest } = value;
  if (name !== undefined && typeof name !== 'string') throw broken('has a name that is no text');
  if (!isObject(digest) || Object.keys(digest).length === 0) throw broken('has no digest');
  const digests = Object.entries(digest);
  if (digests.length > MAX_DIGESTS) throw broken(`has more than ${MAX_DIGESTS} digests`);
  for (const [algorithm, hex] of digests) {
    const form = algorithm === 'sha256' ? /^[0-9a-f]{64}$/ : /^.+$/;
    if (typeof hex !== 'string' || !form.test(hex)) throw broken(`has a bad ${shown(algorithm)} digest`);
  }
  return { ...(name === undefined || name === '' ? {} : { name }), digest: digest as StatementSubject['digest'] };
}
