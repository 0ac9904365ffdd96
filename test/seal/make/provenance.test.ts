import { describe, expect, test } from 'vitest';
import { provenancePredicate } from '../../../src/seal/make/provenance.ts';
import { encodeStatement } from '../../../src/seal/statement.ts';
import { FACTS } from './signer.ts';

const encoded = (facts: typeof FACTS): string =>
  Buffer.from(encodeStatement({ subjects: [], predicateType: 'p', predicate: provenancePredicate(facts) })).toString();

test('everything that is known stands where SLSA provenance v1 has it', () => {
  expect(provenancePredicate(FACTS)).toEqual({
    buildDefinition: {
      buildType: 'urn:slipway:build:v1',
      externalParameters: {
        project: 'default',
        channel: 'prod',
        artifacts: [
          { name: 'base', path: 'base', render: 'plain' },
          { name: 'eu-1', path: 'clusters/eu-1', render: 'kustomize' },
        ],
      },
      internalParameters: { ci: true, by: 'robot', pipeline: 'fleet/apps/.ci/release.yml', runNumber: 7 },
      resolvedDependencies: [
        {
          name: 'source',
          uri: 'git+https://git.example/fleet/apps@main',
          digest: { gitCommit: '0123456789012345678901234567890123456789' },
        },
        { name: 'clusters/eu-1', digest: { sha256: '1'.repeat(64) } },
        { uri: 'pkg:generic/kustomize@v5.7.1' },
      ],
    },
    runDetails: {
      builder: {
        id: 'https://git.example/fleet/apps/.ci/release.yml@refs/heads/main',
        version: { slipway: '0.1.0' },
      },
      metadata: {
        invocationId: 'https://git.example/fleet/apps/runs/7',
        startedOn: '2026-11-20T00:01:00Z',
      },
    },
  });
});

test('the order of artifacts makes no difference to the bytes', () => {
  expect(encoded({ ...FACTS, artifacts: [...FACTS.artifacts].reverse() })).toBe(encoded(FACTS));
});

describe('the source', () => {
  const dependencies = (source: typeof FACTS.source): unknown =>
    provenancePredicate({ ...FACTS, source, artifacts: [] }).buildDefinition;
  test.each<[string, typeof FACTS.source, readonly unknown[]]>([
    ['is left out where there is no Git', { dirty: false }, []],
    [
      'is its commit alone where there is no remote',
      { commit: 'abc', dirty: false },
      [{ name: 'source', digest: { gitCommit: 'abc' } }],
    ],
    [
      'says that it had uncommitted changes',
      { source: 'ssh://git.example/a', commit: 'abc', dirty: true },
      [{ name: 'source', uri: 'git+ssh://git.example/a', digest: { gitCommit: 'abc' }, annotations: { dirty: true } }],
    ],
  ])('%s', (_, source, expected) => {
    expect(dependencies(source)).toMatchObject({ resolvedDependencies: expected });
  });
});

test('a renderer of many artifacts is named once, in a form that URIs allow', () => {
  const renderer = { name: 'kubectl', version: 'v1.34.1 (kustomize v5.7.1)' };
  const artifacts = ['a', 'b'].map((name) => ({ name, path: name, render: 'kustomize' as const, renderer }));
  const { buildDefinition } = provenancePredicate({ ...FACTS, source: { dirty: false }, artifacts });
  expect(buildDefinition).toMatchObject({
    resolvedDependencies: [{ uri: 'pkg:generic/kubectl@v1.34.1%20(kustomize%20v5.7.1)' }],
  });
});

test('a version stands beside the channel, or instead of it', () => {
  const { channel: _, ...rest } = FACTS;
  expect(encoded({ ...rest, version: '1.2.0' })).toContain('"project":"default","version":"1.2.0"}');
});
