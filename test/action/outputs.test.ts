import { expect, test } from 'vitest';
import { annotationsOf, answerOf, outputsOf, summaryOf } from '../../src/commands/action-outputs.ts';
import { ACTION_OUTPUTS } from '../../src/options.ts';
import { artifact, receipt } from '../report/sample.ts';

const answer = (document: unknown) => answerOf(JSON.stringify(document));
const failure = { code: 'CONFIG', message: 'Bad: 100%\nslipway.yaml:1:1', hint: 'mend it' };

test('the outputs are those that action.yml promises', () => {
  for (const document of [receipt(), { schema: 1, artifacts: [], findings: [] }, { schema: 1, error: failure }]) {
    expect([...Object.keys(outputsOf(answer(document))), 'receipt']).toEqual(ACTION_OUTPUTS.map(({ name }) => name));
  }
});

test('a receipt gives outcome, generation, revision, what changed, and the digest of a single artifact', () => {
  expect(outputsOf(answer(receipt()))).toEqual({
    outcome: 'published',
    generation: '7',
    digest: `sha256:${'a'.repeat(64)}`,
    revision: 'main@sha1:0123456789012345678901234567890123456789',
    changed: '["web"]',
  });
  const two = receipt({ artifacts: [artifact('a'), artifact('b', { changed: false })] });
  expect(outputsOf(answer(two))).toMatchObject({ digest: '', changed: '["a"]' });
});

test('errors of the run, of stores and findings become annotations', () => {
  const finding = {
    rule: 'image/unpinned',
    severity: 'warn',
    artifact: 'web',
    file: 'a,b.yaml',
    line: 3,
    column: 5,
    message: 'No digest',
    hint: 'add one',
  } as const;
  expect(
    annotationsOf(answer(receipt({ error: failure, findings: [finding, { ...finding, severity: 'error' }] }))),
  ).toEqual([
    '::error title=slipway CONFIG::Bad: 100%25%0Aslipway.yaml:1:1%0Ahint: mend it',
    '::error title=slipway NETWORK::us: Cannot reach "us"%0Ahint: check the network',
    '::warning title=slipway image/unpinned,file=a%2Cb.yaml,line=3,col=5::No digest (add one)',
    '::error title=slipway image/unpinned,file=a%2Cb.yaml,line=3,col=5::No digest (add one)',
  ]);
  expect(annotationsOf(answer({ schema: 1, error: failure }))).toHaveLength(1);
  expect(annotationsOf(answer({ schema: 1, artifacts: [], findings: [finding] }))).toHaveLength(1);
});

test('every answer has a summary and a text for the log', () => {
  expect(summaryOf(answer(receipt()))).toContain('### slipway: published');
  expect(summaryOf(answer({ schema: 1, artifacts: [], findings: [] }))).toContain('### slipway: built');
  expect(summaryOf(answer({ schema: 1, error: failure }))).toContain('### slipway: error');
  expect(answer(receipt()).text).toMatch(/^published: /);
});
