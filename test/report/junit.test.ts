import { expect, test } from 'vitest';
import { inRepository } from '../../src/report/findings.ts';
import { junitText } from '../../src/report/junit.ts';
import { finding } from './sample.ts';

const place = inRepository('/repo/fleet', '/repo');
const WEB = { name: 'web', shown: 'deploy' };

test('an artifact is a suite, a rule in a file is a case; errors fail, warnings are skipped', () => {
  const findings = [
    finding(),
    finding({ line: 30 }),
    finding({ rule: 'image/latest', severity: 'warn', message: 'No tag', path: 'spec.x' }),
  ];
  expect(junitText({ artifacts: [WEB, { name: 'api', shown: 'api' }], findings }, place)).toBe(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="slipway check" tests="3" failures="1" skipped="1">',
      '  <testsuite name="web" tests="2" failures="1" skipped="1" errors="0">',
      '    <testcase classname="fleet/deploy/web.yaml" name="schema/unknown-field" file="fleet/deploy/web.yaml" time="0">',
      '      <failure type="schema/unknown-field" message="2 findings: Deployment payments/web: Unknown field &quot;replica&quot;">12:7 Deployment payments/web: Unknown field &quot;replica&quot;',
      '  at spec.replica',
      '  hint: did you mean &quot;replicas&quot;',
      '30:7 Deployment payments/web: Unknown field &quot;replica&quot;',
      '  at spec.replica',
      '  hint: did you mean &quot;replicas&quot;</failure>',
      '    </testcase>',
      '    <testcase classname="fleet/deploy/web.yaml" name="image/latest" file="fleet/deploy/web.yaml" time="0">',
      '      <skipped message="Deployment payments/web: No tag"/>',
      '      <system-out>12:7 Deployment payments/web: No tag',
      '  at spec.x',
      '  hint: did you mean &quot;replicas&quot;</system-out>',
      '    </testcase>',
      '  </testsuite>',
      '  <testsuite name="api" tests="1" failures="0" skipped="0" errors="0">',
      '    <testcase classname="fleet/api" name="slipway check" time="0"/>',
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n'),
  );
});

test('whatever manifests hold, the document has no character that XML 1.0 cannot have', () => {
  const evil = '<&"]]>\u0000\u001b[2J\ud800\uffff\t\r\n😀';
  const xml = junitText(
    {
      artifacts: [{ name: evil, shown: evil }],
      findings: [finding({ artifact: evil, file: evil, message: evil, hint: evil })],
    },
    place,
  );
  expect(xml).not.toMatch(/[^\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  expect(xml).toContain('😀');
  expect(xml.replace(/<\/?[a-z]+(?: [a-z]+="[^"<>]*")*\/?>|<\?.*?\?>/g, '')).not.toMatch(
    /[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/,
  );
});

test('findings without a source file are cases of what they are in', () => {
  const { file, line, column, ...whole } = finding();
  const xml = junitText({ artifacts: [WEB], findings: [whole, finding({ file: 'web.yaml', rendered: true })] }, place);
  expect([...xml.matchAll(/classname="([^"]*)"/g)].map(([, name]) => name)).toEqual([
    'fleet/deploy',
    'web.yaml (rendered)',
  ]);
});
