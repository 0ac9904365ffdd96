/** The plan file: written whole or not at all, and read back only as it was written. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { digestOf, isDigest } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { PlanDocument } from '../model.ts';
import { canonical } from './settings.ts';

/** The newest `schema` that this version writes and reads. */
const SCHEMA = 1;

/** A plan with its digest. */
export function sealed(plan: Omit<PlanDocument, 'digest'>): PlanDocument {
  const { schema, ...rest } = plan;
  return { schema, digest: digestOf(Buffer.from(canonical(plan))), ...rest };
}

/** A plan as text. */
export const planJson = (plan: PlanDocument): string => `${JSON.stringify(plan, null, 2)}\n`;

function unwritable(what: string, path: string, thrown: unknown): SlipwayError {
  const { code = 'it failed' } = thrown as NodeJS.ErrnoException;
  const state = code === 'EISDIR' ? 'it is a folder' : code;
  return new SlipwayError('USAGE', `Cannot write ${what} "${path}": ${state}`, {
    hint: 'name another place that this user may write to',
    cause: thrown,
  });
}

/** Writes a file beside its place first. Throws `USAGE` where that cannot be done; `what` is how messages call it. */
export async function writeWhole(what: string, path: string, bytes: Uint8Array | string): Promise<void> {
  const beside = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (thrown) {
    await rm(beside, { force: true });
    throw unwritable(what, path, thrown);
  }
}

const unreadable = (file: string, state: string, hint: string, cause?: unknown): SlipwayError =>
  new SlipwayError('USAGE', `Cannot use plan "${file}": ${state}`, { hint, cause });

const AGAIN = 'run slipway plan --out again';

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null && 'schema' in document) return { ...document };
  } catch (cause) {
    throw unreadable(file, 'it is not JSON', AGAIN, cause);
  }
  throw unreadable(file, 'slipway plan did not write it', AGAIN);
}

/** Whether a text says nothing that only some readers of JSON see, such as a key twice, of which slipway takes the last. */
const isPlain = (text: string): boolean =>
  JSON.stringify(JSON.parse(text)) === text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string = '') => string);

/** Reads a plan. Throws `USAGE` for what is no plan or of a newer slipway, `REFUSED` for one that was edited. */
export async function readPlan(file: string, cwd: string): Promise<PlanDocument> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const state = cause.code === 'ENOENT' ? 'there is no such file' : 'it cannot be opened';
    throw unreadable(file, state, 'name the file that slipway plan --out wrote', cause);
  });
  const { digest, ...rest } = parse(text, file);
  const { schema, slipway } = rest;
  if (typeof schema === 'number' && schema > SCHEMA) {
    const by = typeof slipway === 'string' && /^\d+\.\d+\.\d+[\w.-]*$/.test(slipway) ? slipway : undefined;
    const state = `it is of schema ${schema}, this slipway reads up to ${SCHEMA}`;
    throw unreadable(file, state, by === undefined ? 'use the slipway that made it' : `use slipway ${by} or newer`);
  }
  if (!isDigest(digest)) throw unreadable(file, 'slipway plan did not write it', AGAIN);
  if (digestOf(Buffer.from(canonical(rest))) !== digest || !isPlain(text)) {
    throw new SlipwayError('REFUSED', `Cannot use plan "${file}": somebody edited it, it does not match its digest`, {
      hint: `what a plan says cannot be changed by hand: ${AGAIN}`,
    });
  }
  return { ...rest, digest } as PlanDocument;
}
