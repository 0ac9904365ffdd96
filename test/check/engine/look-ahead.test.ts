import { describe, expect, test } from 'vitest';
import { type CheckOptions, check } from '../../../src/check/check.ts';
import { type Briefing, helping, type Portion } from '../../../src/check/engine/helper.ts';
import type { Thread } from '../../../src/check/engine/options.ts';
import type { Rendered } from '../../../src/model.ts';

const OPTIONS: CheckOptions = {
  targets: { kubernetes: '1.36', flux: '2.9' },
  crds: [],
  rules: {},
  tenants: [],
  commands: [],
  runPolicy: () => Promise.reject(new Error('No policy program is configured')),
};

function rendered(name: string, documents: readonly string[]): Rendered {
  return {
    artifact: { name, root: `/${name}`, shown: name, render: { kind: 'plain' } },
    files: [{ path: 'manifests.yaml', bytes: Buffer.from(documents.join('---\n')) }],
    resources: documents.length,
    origins: ({ file, line, column }) => ({ file: `${name}/${file}`, line, column }),
  };
}

const configMap = (name: string, rest = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: payments\n${rest}`;

/** Some of all sorts: right, wrong, unreadable, empty. */
function documentsOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${prefix}-${index}`;
    if (index % 100 === 1) return configMap(name, 'dat: {}\n');
    if (index % 100 === 2) return configMap(name, `data:\n  a: b\n  a: ${index}\n`);
    if (index % 100 === 3) return `a: [${index}\n`;
    if (index % 100 === 4) return `# ${index}\n`;
    if (index % 100 === 5) return `replicas: ${index}\n`;
    return configMap(name, `data:\n  number: "${index}"\n`);
  });
}

const WIDGET = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.acme.example}
spec:
  group: acme.example
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {size: {type: integer}}}}
`;
const widget = (name: string, size: string): string =>
  `apiVersion: acme.example/v1\nkind: Widget\nmetadata: {name: ${name}, namespace: payments}\nsize: ${size}\n`;

const RELEASE: readonly Rendered[] = [
  rendered('web', documentsOf('web', 1_500)),
  rendered('payments', documentsOf('payments', 1_000)),
  rendered('acme', [WIDGET, widget('small', '1'), widget('wrong', 'much')]),
];

interface Lent {
  readonly briefings: Briefing[];
  readonly portions: Portion[];
  ended: number;
}

/** Threads whose questions and answers are copied. */
function lent(count: number, fail?: () => Promise<never>): [Lent, CheckOptions] {
  const record: Lent = { briefings: [], portions: [], ended: 0 };
  const thread = (): Thread => {
    let answer: ReturnType<typeof helping> | undefined;
    return {
      async ask(question) {
        if (answer === undefined) {
          const briefing = structuredClone(question) as Briefing;
          record.briefings.push(briefing);
          answer = helping(briefing);
          return [];
        }
        const portion = structuredClone(question) as Portion;
        record.portions.push(portion);
        return fail === undefined ? structuredClone(answer(portion)) : fail();
      },
      async end() {
        record.ended += 1;
      },
    };
  };
  return [record, { ...OPTIONS, openThreads: () => Array.from({ length: count }, thread) }];
}

const findingsOf = async (all: readonly Rendered[], options: CheckOptions): Promise<unknown> =>
  (await check(all, options)).map(({ findings }) => findings);

describe('documents that helpers look at', () => {
  test('have the same findings as without them', async () => {
    const alone = await findingsOf(RELEASE, OPTIONS);
    const [record, options] = lent(2);
    expect(await findingsOf(RELEASE, options)).toEqual(alone);
    expect(record.portions.flatMap(({ texts }) => texts).length).toBeGreaterThan(100);
    expect(new Set(record.portions.map(({ catalog }) => catalog))).toContain(0);
    expect(record.ended).toBe(2);
    expect(JSON.stringify(alone)).toContain('schema/unknown-field');
    expect(JSON.stringify(alone)).toContain('yaml/duplicate-key');
    expect(JSON.stringify(alone)).toContain('object/not-an-object');
    expect(JSON.stringify(alone)).toContain('Widget payments/wrong');
  });

  test('are looked at with the CRDs of their artifact', async () => {
    const [record, options] = lent(1);
    await check(RELEASE, options);
    expect(record.briefings).toHaveLength(1);
    expect(record.briefings[0]?.targets).toEqual(OPTIONS.targets);
    expect(record.briefings[0]?.catalogs.map((crds) => crds.length)).toEqual([1, 2]);
  });

  test('are each looked at once', async () => {
    const [record, options] = lent(1);
    await check([...RELEASE, rendered('again', documentsOf('web', 1_500))], options);
    const texts = record.portions.flatMap((portion) => portion.texts.map((text) => `${portion.catalog} ${text}`));
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('are looked at without them when they fail', async () => {
    const alone = await findingsOf(RELEASE, OPTIONS);
    const [record, options] = lent(1, () => Promise.reject(new Error('The thread has ended')));
    expect(await findingsOf(RELEASE, options)).toEqual(alone);
    // Both that were under way, and no further.
    expect(record.portions).toHaveLength(2);
    expect(record.ended).toBe(1);
  });

  test('are looked at without them when there are none', async () => {
    const alone = await findingsOf(RELEASE, OPTIONS);
    const [record, options] = lent(0);
    expect(await findingsOf(RELEASE, options)).toEqual(alone);
    expect(record.briefings).toEqual([]);
  });

  test('are not given to them when they are few', async () => {
    const [record, options] = lent(1);
    await check([rendered('web', documentsOf('web', 1_500))], options);
    expect(record.briefings).toEqual([]);
  });

  test('are left when the run is interrupted, and the helpers end', async () => {
    const controller = new AbortController();
    controller.abort();
    const [record, options] = lent(1);
    await expect(check(RELEASE, { ...options, signal: controller.signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(record.ended).toBe(1);
  });
});
