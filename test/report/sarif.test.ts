import { expect, test } from 'vitest';
import { RULES } from '../../src/check/engine/registry.ts';
import type { Finding } from '../../src/model.ts';
import { inRepository } from '../../src/report/findings.ts';
import { sarifText } from '../../src/report/sarif.ts';
import { finding } from './sample.ts';

/** As much of the format as slipway writes, with the types that the specification demands (SARIF 2.1.0, OASIS). */
interface Log {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly [Run];
}

interface Run {
  readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Descriptor[] } };
  readonly columnKind: string;
  readonly originalUriBaseIds: Readonly<Record<string, unknown>>;
  readonly results: readonly Result[];
}

interface Descriptor {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly defaultConfiguration: { readonly level: string; readonly enabled: boolean };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
        readonly region?: { readonly startLine: number; readonly startColumn?: number };
      };
      readonly logicalLocations?: readonly { readonly name: string; readonly kind: string }[];
    },
  ];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

const ARTIFACTS = [
  { name: 'web', shown: 'deploy' },
  { name: 'api', shown: 'api' },
];

function runOf(...findings: readonly Finding[]): Run {
  const place = inRepository('/repo/fleet', '/repo');
  const log = JSON.parse(sarifText({ artifacts: ARTIFACTS, findings }, { rules: RULES, place })) as Log;
  expect(log.version).toBe('2.1.0');
  expect(log.$schema).toBe('https://json.schemastore.org/sarif-2.1.0.json');
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

const yaml = (changes: Partial<Finding> = {}): Finding =>
  finding({ rule: 'yaml/merge-order', severity: 'warn', ...changes });
const printsOf = ({ results }: Run) => results.map(({ partialFingerprints }) => partialFingerprints['slipway/v1']);
const whereOf = ({ results }: Run) => results.map(({ locations: [{ physicalLocation }] }) => physicalLocation);

test('a result says where, what, how bad, and which rule', () => {
  const run = runOf(yaml({ found: 'x', expected: 'y' }));
  expect(run.columnKind).toBe('unicodeCodePoints');
  expect(run.results).toEqual([
    {
      ruleId: 'yaml/merge-order',
      ruleIndex: 0,
      level: 'warning',
      message: {
        text: 'Deployment payments/web: Unknown field "replica"\nat spec.replica, found x, expected y\nhint: did you mean "replicas"',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'fleet/deploy/web.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 12, startColumn: 7 },
          },
          logicalLocations: [
            {
              kind: 'object',
              name: 'Deployment payments/web',
              fullyQualifiedName: 'Deployment payments/web: spec.replica',
            },
          ],
        },
      ],
      partialFingerprints: { 'slipway/v1': expect.stringMatching(/^[0-9a-f]{64}$/) },
      properties: { artifacts: ['web'], path: 'spec.replica', found: 'x', expected: 'y' },
    },
  ]);
  expect(Object.keys(run.originalUriBaseIds)).toEqual(['%SRCROOT%']);
});

test('rules that have results are described, and results point at them', () => {
  const run = runOf(
    yaml(),
    yaml({ rule: 'object/not-an-object', severity: 'error' }),
    yaml({ rule: 'yaml/tab', line: 3 }),
  );
  const { rules } = run.tool.driver;
  expect(run.tool.driver.name).toBe('slipway');
  expect(rules.map(({ id }) => id)).toEqual(['object/not-an-object', 'yaml/merge-order', 'yaml/tab']);
  for (const result of run.results) expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
  for (const rule of rules) {
    const { summary, why, fix, setting } = RULES.find(({ id }) => id === rule.id) ?? {};
    const help = `${why}\n\n${fix}\n\nslipway explain ${rule.id}, or docs/rules.md#${rule.id.replace('/', '')}`;
    expect(rule).toEqual({
      id: rule.id,
      shortDescription: { text: summary },
      fullDescription: { text: why },
      help: { text: help, markdown: help },
      defaultConfiguration: { level: setting === 'warn' ? 'warning' : 'error', enabled: true },
    });
  }
});

test('a clean run has an empty list of results, which closes what was open before', () => {
  const run = runOf();
  expect(run.results).toEqual([]);
  expect(run.tool.driver.rules).toEqual([]);
});

test.each([
  ['a b/ü#?%.yaml', 'fleet/a%20b/%C3%BC%23%3F%25.yaml'],
  ['c:\\d.yaml', 'fleet/c%3A%5Cd.yaml'],
  ['x\ud800.yaml', 'fleet/x%EF%BF%BD.yaml'],
])('%j is a valid relative reference', (file, uri) => {
  const [where] = whereOf(runOf(yaml({ file })));
  expect(where?.artifactLocation).toEqual({ uri, uriBaseId: '%SRCROOT%' });
});

test('a file outside of the repository is absolute', () => {
  const [where] = whereOf(runOf(yaml({ file: '/elsewhere/a b.yaml' })));
  expect(where?.artifactLocation).toEqual({ uri: 'file:///elsewhere/a%20b.yaml' });
});

test('without a source file a result stands at the folder of its artifact, without a line', () => {
  const { file, line, column, ...whole } = yaml();
  const run = runOf(whole, yaml({ file: 'web.yaml', rendered: true, line: 90 }), { ...whole, artifact: 'unknown' });
  expect(whereOf(run)).toEqual(
    ['deploy', 'deploy', 'unknown'].map((uri) => ({
      artifactLocation: { uri: `fleet/${uri}`, uriBaseId: '%SRCROOT%' },
    })),
  );
  expect(run.results[1]?.properties.rendered).toBe('web.yaml:90');
});

test('a file that several artifacts share has one result', () => {
  const run = runOf(yaml(), yaml({ artifact: 'api' }), yaml({ artifact: 'api', line: 13 }));
  expect(run.results.map(({ properties }) => properties.artifacts)).toEqual([['web', 'api'], ['api']]);
});

test('fingerprints stay when lines move, and differ from one another', () => {
  const message = 'Key "a" is written twice (first in line 3)';
  const before = printsOf(runOf(yaml({ message }), yaml({ line: 20 }), yaml({ line: 30 }), yaml({ file: 'b.yaml' })));
  expect(new Set(before).size).toBe(4);
  const moved = [
    yaml({ message: message.replace('3', '8'), line: 17 }),
    yaml({ line: 25, column: 1 }),
    yaml({ line: 35 }),
    yaml({ file: 'b.yaml', line: 90 }),
  ];
  expect(printsOf(runOf(...moved))).toEqual(before);
});
