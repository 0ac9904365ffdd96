/** Runs in a process of its own with little memory: checks the documents of some seeds and tells its parent of every step. */
import { check } from '../../../src/check/check.ts';
import type { Rendered } from '../../../src/model.ts';
import { fuzzDocument } from './fuzz-documents.ts';

/** What is told after every step. */
export interface FuzzStep {
  readonly documents: number;
  readonly findings: number;
  /** Without an error. */
  readonly good: number;
}

/** Few, so that a document that takes its time is noticed; not one, because catalogs are opened for every step. */
const STEP = 40;

const PATHS = ['app.yaml', 'kustomization.yaml', 'values.yml', '.sourceignore', 'deep/er/app.yaml'];

function renderedOf(seed: number): Rendered {
  const name = `fuzz-${seed}`;
  const kind = seed % 4 === 0 ? 'source' : 'plain';
  const path = kind === 'plain' ? 'manifests.yaml' : (PATHS[seed % PATHS.length] ?? 'app.yaml');
  return {
    artifact: { name, root: `/${name}`, shown: name, render: { kind } },
    files: [{ path, bytes: Buffer.from(fuzzDocument(seed)) }],
    resources: 1,
    origins: ({ file, line, column }) => ({ file, line, column }),
  };
}

async function step(from: number, to: number): Promise<FuzzStep> {
  const seeds = Array.from({ length: to - from }, (_, index) => from + index);
  const checked = await check(seeds.map(renderedOf), {
    targets: { kubernetes: '1.36', flux: '2.9' },
    crds: [],
    rules: {},
    tenants: [{ name: 'fuzz', artifacts: ['fuzz-*'], namespaces: ['default'] }],
    commands: [],
    runPolicy: () => Promise.reject(new Error('No policy program is configured')),
  });
  const good = checked.filter(({ findings }) => findings.every(({ severity }) => severity !== 'error')).length;
  return { documents: to - from, findings: checked.flatMap(({ findings }) => findings).length, good };
}

const [from = 0, to = 0] = process.argv.slice(2).map(Number);
for (let seed = from; seed < to; seed += STEP) process.send?.(await step(seed, Math.min(to, seed + STEP)));
process.disconnect();
