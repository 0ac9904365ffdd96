import { expect, test } from 'vitest';
import { annotationsOf, answerOf, outputsOf, summaryOf } from '../../src/commands/action-outputs.ts';
import { ACTION_OUTPUTS } from '../../src/options.ts';
import { artifact, finding, receipt } from '../report/sample.ts';

const place = (file: string): string => `repo/${file}`;

const answer = (document: unknown) => answerOf(JSON.stringify(document));
const CHECKED = {
  schema: 1,
  counts: { artifacts: 1, errors: 0, warnings: 1 },
  artifacts: [{ name: 'web', shown: '.' }],
};
const failure = { code: 'CONFIG', message: 'Bad: 100%\nslipway.yaml:1:1', hint: 'mend it' };

test('the outputs are those that action.yml promises', () => {
  for (const document of [
    receipt(),
    { schema: 1, artifacts: [], findings: [] },
    { ...CHECKED, findings: [] },
    { schema: 1, error: failure },
  ]) {
    expect([...Object.keys(outputsOf(answer(document), false)), 'receipt']).toEqual(
      ACTION_OUTPUTS.map(({ name }) => name),
    );
  }
});

test('a receipt gives outcome, generation, revision, what changed, and the digest of a single artifact', () => {
  expect(outputsOf(answer(receipt({ findings: [finding()] })), false)).toEqual({
    outcome: 'published',
    generation: '7',
    digest: `sha256:${'a'.repeat(64)}`,
    revision: 'main@sha1:0123456789012345678901234567890123456789',
    changed: '["web"]',
    findings: '1',
  });
  const two = receipt({ artifacts: [artifact('a'), artifact('b', { changed: false })] });
  expect(outputsOf(answer(two), false)).toMatchObject({ digest: '', changed: '["a"]' });
});

test('a check passed or failed, and counts its findings', () => {
  const findings = [finding({ severity: 'warn' }), finding()];
  expect(outputsOf(answer({ ...CHECKED, findings }), true)).toMatchObject({ outcome: 'failed', findings: '2' });
  expect(outputsOf(answer({ ...CHECKED, findings: [] }), false)).toMatchObject({ outcome: 'passed', findings: '0' });
  expect(outputsOf(answer({ schema: 1, error: failure, findings }), true)).toMatchObject({
    outcome: 'failed',
    findings: '2',
  });
});

test('errors of the run, of stores and findings become annotations', () => {
  const findings = [finding({ severity: 'warn' }), finding()];
  const told = [
    '::error title=slipway schema/unknown-field,file=repo/deploy/web.yaml,line=12,col=7::Deployment payments/web: Unknown field "replica"%0Aat spec.replica%0Ahint: did you mean "replicas"',
    '::warning title=slipway schema/unknown-field,file=repo/deploy/web.yaml,line=12,col=7::Deployment payments/web: Unknown field "replica"%0Aat spec.replica%0Ahint: did you mean "replicas"',
  ];
  expect(annotationsOf(answer(receipt({ error: failure, findings })), place)).toEqual([
    '::error title=slipway CONFIG::Bad: 100%25%0Aslipway.yaml:1:1%0Ahint: mend it',
    '::error title=slipway NETWORK::us: Cannot reach "us"%0Ahint: check the network',
    ...told,
  ]);
  expect(annotationsOf(answer({ schema: 1, error: failure, findings }), place)).toHaveLength(3);
  expect(annotationsOf(answer({ schema: 1, artifacts: [], findings }), place)).toEqual(told);
  expect(annotationsOf(answer({ ...CHECKED, findings }), place)).toEqual(told);
});

test('every answer has a summary and a text for the log', () => {
  expect(summaryOf(answer(receipt()))).toContain('### slipway: published');
  expect(summaryOf(answer({ schema: 1, artifacts: [], findings: [] }))).toContain('### slipway: built');
  expect(summaryOf(answer({ schema: 1, error: failure }))).toContain('### slipway: error');
  expect(summaryOf(answer({ ...CHECKED, findings: [] }))).toContain('### slipway: checked');
  expect(answer({ ...CHECKED, findings: [] }).text).toBe('no findings in 1 artifact\n');
  expect(answer(receipt()).text).toMatch(/^published: /);
});
