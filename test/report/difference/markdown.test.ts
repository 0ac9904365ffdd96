import { expect, test } from 'vitest';
import { differenceMarkdown } from '../../../src/report/difference/markdown.ts';
import { chosen, difference, nothing } from './sample.ts';

test('changes are blocks of code', () => {
  expect(differenceMarkdown(difference)).toBe(`### slipway: difference

4 of 5 artifacts differ: 1 artifact removed, 1 object removed, 3 objects changed, 1 object moved, 2 objects renamed, 2 references follow, 1 file with other content

\`\`\`diff
- artifact gone with 1 object
! only comments, the order or the form of files: form
\`\`\`

#### The same on 2 of 5 artifacts

eu, us

\`\`\`diff
! Deployment pay/api
!   spec.template.spec.containers[name=app].image: "api:1" → "api:2"
+   spec.replicas: 2
-   spec.paused: false
!   spec.template.spec.volumes: the items are in another order
!   spec.x: "s-2456789bcd" → "s-fghkmtg222" (follows the new name)
! ConfigMap pay/s-fghkmtg222, renamed from pay/s-2456789bcd (1 reference follows)
!   data.text:
      a
-     b
+     x
      c
\`\`\`

#### Artifact eu

\`\`\`diff
! Secret db
!   data.password: (masked, changed)
- Service old
! Service web, moved to artifact "us"
! file app.env
\`\`\`
`);
  expect(differenceMarkdown(nothing)).toBe('### slipway: difference\n\nNo difference in 1 artifact\n');
});

const fences = (text: string): number => text.split('\n').filter((line) => /^`{3,}/.test(line)).length;

test.each([60_000, 2_000, 600])('never longer than %i bytes, and says what is left out', (bytes) => {
  const names = Array.from({ length: 1200 }, (_, index) => `object-${index}-é`);
  const text = differenceMarkdown(chosen(names, 'é'.repeat(50)), { bytes });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bytes);
  expect(fences(text)).toBe(2);
  const told = text.split('\n').filter((line) => line.startsWith('! X ')).length;
  expect(told).toBeGreaterThan(0);
  const left = (1200 - told).toLocaleString('en-US');
  expect(text.endsWith(`\n\`\`\`\n\n… ${left} changes left out: the whole is longer than a comment may be\n`)).toBe(
    true,
  );
});

test('a fence is longer than what others write', () => {
  const text = differenceMarkdown(chosen(['a'], '````` \n```'));
  expect(text).toContain('\n``````diff\n');
  expect(text.match(/^``````$/gm)).toHaveLength(1);
});

test('names of others are no Markdown', () => {
  const shared = { ...chosen(['a'], 2).common[0], artifacts: ['<b>', '[x](y)'], changes: [], files: [] };
  const text = differenceMarkdown({ ...nothing, common: [{ ...shared, files: [{ change: 'added', path: 'a' }] }] });
  expect(text).toContain('&lt;b>, \\[x\\](y)\n');
});

test('the sides are told, and what is in their names is no Markdown', () => {
  const sides = {
    before: { kind: 'channel', name: 'prod', generation: 2 },
    after: { kind: 'sources', name: './a_b' },
  } as const;
  expect(differenceMarkdown(nothing, { sides })).toContain(
    '\n\nFrom channel prod (generation 2) to sources ./a\\_b.\n\nNo ',
  );
});
