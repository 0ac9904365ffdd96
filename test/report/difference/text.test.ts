import { expect, test } from 'vitest';
import { differenceText } from '../../../src/report/difference/text.ts';
import { painter } from '../../../src/report/paint.ts';
import { differenceOf, object as objectOf } from '../../watch/sides.ts';
import { chosen, difference, nothing } from './sample.ts';

test('what is shared is told once, then what is special', () => {
  expect(
    differenceText(difference),
  ).toBe(`4 of 5 artifacts differ: 1 artifact removed, 1 object removed, 3 objects changed, 1 object moved, 2 objects renamed, 2 references follow, 1 file with other content
- artifact gone with 1 object
~ only comments, the order or the form of files: form

The same on 2 of 5 artifacts: eu, us
  ~ Deployment pay/api
    ~ spec.template.spec.containers[name=app].image: "api:1" → "api:2"
    + spec.replicas: 2
    - spec.paused: false
    ~ spec.template.spec.volumes: the items are in another order
    ~ spec.x: "s-2456789bcd" → "s-fghkmtg222" (follows the new name)
  ~ ConfigMap pay/s-fghkmtg222, renamed from pay/s-2456789bcd (1 reference follows)
    ~ data.text:
        a
      - b
      + x
        c

Artifact eu
  ~ Secret db
    ~ data.password: (masked, changed)
  - Service old
  ~ Service web, moved to artifact "us"
  ~ file app.env
`);
});

test('the YAML of both sides takes the place of fields', () => {
  expect(differenceText(difference, { unified: true })).toContain(`  ~ Deployment pay/api
      @@ -1,5 +1,5 @@
      spec:
    -   image: api:1
    +   image: api:2
        args:
        - a
        - b
`);
});

test('equal sides are one line', () => {
  expect(differenceText(nothing)).toBe('No difference in 1 artifact\n');
});

test('colours tell what comes and what goes', () => {
  const text = differenceText(difference, { paint: painter(true) });
  expect(text).toContain('\u001b[31m- Service old\u001b[39m');
  expect(text).toContain('\u001b[32m+ spec.replicas: 2\u001b[39m');
});

test('values of others stay on their line', () => {
  const text = differenceText(chosen(['a\u001b[2J\nb'], `x${'y'.repeat(1000)}`));
  expect(text).not.toContain('\u001b');
  expect(text.split('\n').every((line) => line.length < 200)).toBe(true);
  expect(differenceText(chosen(['a'], 12345678901234567890n))).toContain('1 → "12345678901234567890"');
});

test('what is longer than it may be ends with what is left out, and where it is', () => {
  const whole = differenceText(difference).trimEnd().split('\n');
  const some = differenceText(difference, { lines: 5 }).split('\n');
  const rest = `… ${whole.length - 5} lines left out: --out FILE has all of them`;
  expect(some).toEqual([...whole.slice(0, 5), rest, '']);
  expect(differenceText(difference, { lines: whole.length })).toBe(differenceText(difference));
});

test.each([
  [
    { kind: 'channel', name: 'prod', generation: 41 },
    { kind: 'sources', name: '.' },
    'channel prod (generation 41) to this checkout',
  ],
  [{ kind: 'version', name: '1.4.0' }, { kind: 'sources', name: './deploy' }, 'version 1.4.0 to sources ./deploy'],
  [
    { kind: 'digest', name: 'sha256:12' },
    { kind: 'reference', name: 'oci://x/y:\u001b[2J' },
    'sha256:12 to oci://x/y:\ufffd[2J',
  ],
] as const)('the sides %j and %j are told first', (before, after, told) => {
  expect(differenceText(nothing, { sides: { before, after } })).toBe(`From ${told}\nNo difference in 1 artifact\n`);
});

test('of long values that begin in the same way the places that differ are shown', () => {
  const long = (middle: string): string => `${'a'.repeat(300)}${middle}${'b'.repeat(300)}`;
  const map = (x: string, y: string): string =>
    objectOf('ConfigMap', 'long', `data:\n  x: ${long(x)}\n  y: |\n    ${long(y)}\n    z\n`);
  const whole = differenceOf({ web: map('ONE', 'first') }, { web: map('TWO', 'second') }, true);
  for (const unified of [false, true]) {
    const text = differenceText(whole, { unified });
    for (const word of ['aONEb', 'aTWOb', 'afirstb', 'asecondb']) expect(text).toContain(word);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(400);
  }
});
