import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDocuments } from '../../src/check/yaml/documents.ts';
import { readFully } from '../../src/check/yaml/reading.ts';
import { eachLimit } from '../../src/concurrency.ts';
import type { Finding } from '../../src/model.ts';
import { randomManifest, randomOf } from '../check/yaml/random-yaml.ts';
import { SCALAR_TABLE } from '../check/yaml/scalar-table.ts';
import { type Folder, folder } from './folder.ts';
import { toolPath } from './server-process.ts';

const execute = promisify(execFile);
const AT_ONCE = 4;
const DOCUMENTS = 200;

let work: Folder;
beforeAll(async () => {
  work = await folder();
});
afterAll(() => work.remove());

/** What the programs read, undefined where they refuse. */
interface Answers {
  readonly kubectl: unknown;
  readonly kustomize: unknown;
}

/** A program's output, undefined when it refuses its input. Anything else that goes wrong is thrown. */
async function output(args: readonly string[], cwd: string): Promise<string | undefined> {
  try {
    const { stdout } = await execute(toolPath('kubectl'), args, { cwd, env: { HOME: cwd, PATH: '' } });
    return stdout;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number') return undefined;
    throw thrown;
  }
}

async function ask(name: string, text: string): Promise<Answers> {
  const cwd = join(work.path, name);
  await mkdir(cwd);
  await writeFile(join(cwd, 'a.yaml'), text);
  await writeFile(join(cwd, 'kustomization.yaml'), 'resources: [a.yaml]\n');
  const label = ['label', '--local', '--dry-run=client', '--output=json', '--filename=a.yaml', 'asked=here'];
  const [json, yaml] = [await output(label, cwd), await output(['kustomize', '.'], cwd)];
  return {
    kubectl: json === undefined ? undefined : exactJson(json),
    // What matters of kustomize's output is what a cluster reads there.
    kustomize: yaml === undefined ? undefined : readDocuments(yaml, { artifact: '', file: '' }).documents[0]?.value,
  };
}

/** JSON without our label, whose whole numbers of 64 bits are kept; above that the API machinery has rounded them already. */
function exactJson(json: string): unknown {
  const kept = json.replace(/"(?:\\.|[^"\\])*"|-?\d+(?![\d.eE])/g, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) || !isInt64(BigInt(token))
      ? token
      : `"bigint ${token}"`,
  );
  return JSON.parse(kept, (key, value: unknown) => {
    if (key === 'labels' && JSON.stringify(value) === '{"asked":"here"}') return undefined;
    const digits = typeof value === 'string' ? /^bigint (.+)$/.exec(value)?.[1] : undefined;
    return digits === undefined ? value : BigInt(digits);
  });
}

const isInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

/** Numbers that kustomize prints with all digits of a fraction, and kubectl rounds, are the same number. */
const rounded = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
};

const isError = ({ severity }: Finding): boolean => severity === 'error';

describe('the scalar table', () => {
  test('is what kubectl and kustomize answer', async () => {
    const asked = await eachLimit(SCALAR_TABLE, AT_ONCE, async ({ text }, index) => {
      const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: ${text}\n`;
      const { kubectl, kustomize } = await ask(`scalar-${index}`, manifest);
      return { text, kubectl: fieldOf(kubectl), kustomize: rounded(fieldOf(kustomize)) };
    });
    expect(asked).toEqual(SCALAR_TABLE.map((row) => ({ ...row, kustomize: rounded(row.kustomize) })));
  });
});

function fieldOf(value: unknown): unknown {
  if (value === undefined) return undefined;
  expect(value).toHaveProperty('data.a');
  return Reflect.get(Object(Reflect.get(Object(value), 'data')), 'a');
}

describe('random documents', () => {
  interface Compared extends Answers {
    readonly seed: number;
    readonly text: string;
    /** For the checks. */
    readonly value: unknown;
    /** For kubectl. */
    readonly applied: unknown;
    readonly findings: readonly Finding[];
  }
  let compared: readonly Compared[] = [];

  beforeAll(async () => {
    const seeds = Array.from({ length: DOCUMENTS }, (_, index) => index + 1);
    compared = await eachLimit(seeds, AT_ONCE, async (seed) => {
      const text = randomManifest(randomOf(seed));
      const { documents, findings } = readDocuments(text, { artifact: 'web', file: 'a.yaml' });
      const [{ text: document = '', value } = {}] = documents;
      const applied = readFully(document, 'kubectl').value;
      return { seed, text, value, applied, findings, ...(await ask(`random-${seed}`, text)) };
    });
  });

  const strays = (isStray: (one: Compared) => boolean): readonly string[] =>
    compared.filter(isStray).map(({ seed, text, findings }) => `seed ${seed}\n${text}\n${JSON.stringify(findings)}`);

  test('are of all sorts', () => {
    expect(compared.filter(({ findings }) => findings.length === 0).length).toBeGreaterThan(10);
    expect(compared.filter(({ kubectl }) => kubectl !== undefined).length).toBeGreaterThan(50);
    expect(compared.filter(({ kubectl }) => kubectl === undefined).length).toBeGreaterThan(50);
  });

  test('that kubectl reads have the value that it reads', () => {
    const read = compared.filter(({ kubectl }) => kubectl !== undefined);
    expect(read.map(({ applied }) => applied)).toEqual(read.map(({ kubectl }) => kubectl));
  });

  test('in which only words are ambiguous are for the checks what kustomize makes of them', () => {
    const isWord = ({ message }: Finding): boolean => /^Unquoted (?:key )?[a-z]+ is /i.test(message);
    const worded = compared.filter(({ findings }) => findings.length > 0 && findings.every(isWord));
    expect(worded.length).toBeGreaterThan(5);
    expect(worded.map(({ value }) => value)).toEqual(worded.map(({ kustomize }) => kustomize));
  });

  test('that kubectl refuses have an error', () => {
    expect(strays(({ kubectl, findings }) => kubectl === undefined && !findings.some(isError))).toEqual([]);
  });

  test('have an error exactly when kustomize refuses them', () => {
    expect(strays(({ kustomize, findings }) => (kustomize === undefined) !== findings.some(isError))).toEqual([]);
  });

  test('without a finding mean the same to kustomize', () => {
    const quiet = compared.filter(({ findings }) => findings.length === 0);
    expect(quiet.map(({ kustomize }) => kustomize)).toEqual(quiet.map(({ value }) => value));
  });
});
