import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { type Block, type Page, pages, ROOT, readPage } from './markdown.ts';

type Mapping = Readonly<Record<string, unknown>>;

interface YamlBlock extends Block {
  readonly page: Page;
  readonly place: string;
  readonly documents: readonly Mapping[];
}

const blocks: readonly YamlBlock[] = pages().flatMap((page) =>
  page.blocks
    .filter(({ language }) => language === 'yaml')
    .map((block) => ({
      ...block,
      page,
      place: `${page.path}:${block.line}`,
      documents: loadAll(block.text) as readonly Mapping[],
    })),
);

const isObjects = ({ documents }: YamlBlock): boolean => documents.every(({ apiVersion }) => apiVersion !== undefined);
const isWorkflow = ({ documents }: YamlBlock): boolean => documents.some(({ jobs }) => jobs !== undefined);

/** What is neither Kubernetes objects nor a workflow is a slipway.yaml; a fragment gets the keys it leaves out. */
function configText({ text, documents: [document = {}] }: YamlBlock): string {
  const version = document.version === undefined ? 'version: 1\n' : '';
  const artifacts = document.artifacts === undefined ? 'artifacts: [{ path: deploy }]\n' : '';
  return `${version}${artifacts}${text}`;
}

const configs = blocks.filter((block) => !isObjects(block) && !isWorkflow(block));

test('the pages hold examples of all three kinds', () => {
  expect(configs.length).toBeGreaterThan(3);
  expect(blocks.filter(isObjects).length).toBeGreaterThan(3);
  expect(blocks.filter(isWorkflow).length).toBeGreaterThan(0);
});

describe.each(configs)('the slipway.yaml at $place', (block) => {
  test('is accepted', () => {
    const env = { FLEET_STORE: 's3://fleet/gitops?region=eu-central-1' };
    expect(() => readConfig(configText(block), 'slipway.yaml', { dir: '/work', env })).not.toThrow();
  });
});

test('the config of the example fleet is accepted', () => {
  const text = readFileSync(join(ROOT, 'examples/fleet/slipway.yaml'), 'utf8');
  expect(readConfig(text, 'slipway.yaml', { dir: '/work', env: {} }).artifacts).toHaveLength(2);
});

interface Source {
  readonly kind?: string;
  readonly spec?: {
    readonly prefix?: string;
    readonly path?: string;
    readonly sourceRef?: { readonly kind: string };
    readonly verify?: { readonly matchOIDCIdentity?: readonly Identity[] };
  };
}

interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** Whom the examples of slipway.yaml expect. */
const expected: readonly Identity[] = configs.flatMap(({ documents: [document] }) => {
  const { identity, issuer } = (document?.verify ?? {}) as Readonly<Record<string, string | undefined>>;
  return identity === undefined || issuer === undefined ? [] : [{ issuer, subject: identity }];
});

describe.each(blocks.filter(isObjects))('the Kubernetes objects at $place', ({ documents }) => {
  test('read a bucket by a whole folder, and never from its root: both could prune a cluster', () => {
    for (const { kind, spec } of documents as readonly Source[]) {
      if (kind === 'Bucket') expect(spec?.prefix).toMatch(/^[^/].*\/$/);
      if (kind === 'Kustomization' && spec?.sourceRef?.kind === 'Bucket') expect(spec.path).toMatch(/^\.\/[^/]/);
    }
  });

  test('let Flux expect one identity, by patterns that match it and nothing longer', () => {
    for (const { spec } of documents as readonly Source[]) {
      const identities = spec?.verify?.matchOIDCIdentity;
      if (identities === undefined) continue;
      expect(identities).toHaveLength(1);
      const fits = ({ issuer, subject }: Identity): boolean =>
        identities.every((one) => new RegExp(one.issuer).test(issuer) && new RegExp(one.subject).test(subject));
      const [match] = expected.filter(fits);
      expect(match).toBeDefined();
      for (const { issuer, subject } of expected.filter(fits))
        for (const longer of [`x${subject}`, `${subject}x`, subject.replaceAll('.', '-')])
          expect(fits({ issuer, subject: longer })).toBe(false);
    }
  });
});

test('a page lets Flux expect an identity', () => {
  const sources = blocks.flatMap(({ documents }) => documents as readonly Source[]);
  expect(sources.some(({ spec }) => spec?.verify?.matchOIDCIdentity !== undefined)).toBe(true);
});

test('the files of other CI systems are YAML', () => {
  const files = readPage('docs/signing.md').blocks.filter(({ language }) => language === 'yml');
  expect(files.map(({ text }) => typeof load(text))).toEqual(['object', 'object', 'object']);
});

interface Step {
  readonly uses?: string;
  readonly with?: Mapping;
}

describe.each(blocks.filter(isWorkflow))('the workflow at $place', ({ documents }) => {
  test('gives slipway only inputs that the action has', () => {
    const action = load(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as { readonly inputs: Mapping };
    const jobs = Object.values(documents[0]?.jobs as Readonly<Record<string, { readonly steps: readonly Step[] }>>);
    const steps = jobs.flatMap(({ steps }) => steps).filter(({ uses = '' }) => uses.includes('slipway'));
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps)
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  });
});
