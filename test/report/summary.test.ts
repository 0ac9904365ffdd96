import { expect, test } from 'vitest';
import { buildReport, buildText } from '../../src/report/build.ts';
import { findingsDocument } from '../../src/report/formats.ts';
import { buildSummary, errorSummary, findingsSummary, receiptSummary } from '../../src/report/summary.ts';
import { artifact, finding, receipt } from './sample.ts';

test('a summary shows stores and changed artifacts as tables', () => {
  const summary = receiptSummary(receipt());
  expect(summary).toContain('### slipway: published');
  expect(summary).toContain('channel **prod** generation 7');
  expect(summary).toContain('| us | failed | 6 | cas | Cannot reach "us" |');
  expect(summary).toContain(`| web | <code>sha256:${'a'.repeat(64)}</code> | 2.3 kB |`);
});

test('text of others cannot break out of its cell', () => {
  const evil = 'a | b\n<script>`x` [y](z) *!*';
  const summary = receiptSummary(
    receipt({ artifacts: [artifact(evil)], revision: evil, error: { code: 'STORE', message: evil, hint: evil } }),
  );
  expect(summary).not.toContain('<script>');
  expect(summary).not.toMatch(/(?<!\\)\]\(z\)/);
  const row = summary.split('\n').find((line) => line.includes('2.3 kB')) ?? '';
  expect(row.replaceAll('\\|', '').split('|')).toHaveLength(5);
});

test('long tables are cut', () => {
  const artifacts = Array.from({ length: 80 }, (_, index) => artifact(`c${index}`));
  expect(receiptSummary(receipt({ artifacts }))).toContain('… and 30 more');
});

test('an error and a build have summaries of their own', () => {
  expect(errorSummary({ code: 'CONFIG', message: 'No' })).toBe('### slipway: error\n\n**CONFIG** No\n');
  const content = { mediaType: 'x', digest: `sha256:${'c'.repeat(64)}`, size: 10 } as const;
  const view = { digest: content.digest, md5: '', size: 10 };
  const packed = {
    name: 'web',
    render: 'plain',
    content,
    bytes: new Uint8Array(),
    views: { tarball: view },
    resources: 1,
    findings: [],
  } as const;
  const report = buildReport([packed], new Map([['web', ['/out/web.tgz']]]));
  expect(report.artifacts).toEqual([
    { name: 'web', render: 'plain', digest: content.digest, size: 10, resources: 1, files: ['/out/web.tgz'] },
  ]);
  expect(buildSummary(report)).toContain(`| web | plain | <code>${content.digest}</code> | 10 B |`);
  expect(buildText(report)).toBe(
    `ARTIFACT  RENDER  CONTENT${' '.repeat(66)}SIZE\nweb       plain   ${content.digest}  10 B  1 object\n`,
  );
});

test('findings are a table, errors first, what artifacts have in common once', () => {
  const findings = [
    finding({ severity: 'warn', rule: 'image/latest', message: 'No | tag' }),
    finding({ artifact: 'a' }),
    finding({ artifact: 'b', file: 'b.yaml', rendered: true }),
  ];
  const table = [
    '| Finding | Where | Message |',
    '| --- | --- | --- |',
    '| error schema/unknown-field | deploy/web.yaml:12:7 | Deployment payments/web: Unknown field "replica" |',
    '| error schema/unknown-field | b.yaml:12:7 (rendered) | Deployment payments/web: Unknown field "replica" |',
    '| warn image/latest | deploy/web.yaml:12:7 | Deployment payments/web: No \\| tag |',
    '',
  ].join('\n');
  const artifacts = ['web', 'a', 'b'].map((name) => ({ name, shown: name }));
  expect(findingsSummary(findingsDocument({ artifacts, findings }, []))).toBe(
    `### slipway: checked\n\n2 errors, 1 warning in 3 artifacts\n\n${table}`,
  );
  expect(errorSummary({ code: 'FINDINGS', message: 'No' }, findings)).toBe(
    `### slipway: error\n\n**FINDINGS** No\n\n${table}`,
  );
  expect(receiptSummary(receipt({ findings }))).toContain(table);
  expect(buildSummary({ schema: 1, artifacts: [], findings })).toBe(`### slipway: built\n\n${table}`);
  expect(findingsSummary(findingsDocument({ artifacts, findings: [] }, []))).toBe(
    '### slipway: checked\n\nno findings in 3 artifacts\n',
  );
});
