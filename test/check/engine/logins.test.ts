import { dump, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { findingsOfExample } from '../../../scripts/rule-example.ts';
import { withoutLogins } from '../../../src/check/engine/logins.ts';
import { RULES } from '../../../src/check/engine/registry.ts';
import type { Example } from '../../../src/check/rule.ts';

describe('a login', () => {
  test.each([
    ['"https://web:h7Kp@example.com/x" is not', '"https://…@example.com/x" is not'],
    ['oci://h7Kp@example.com', 'oci://…@example.com'],
    ['redis://:h7Kp@cache:6379/0', 'redis://…@cache:6379/0'],
    ['https://web:h7@Kp@example.com', 'https://…@example.com'],
    ['https://web:h7/Kp@example.com', 'https://…@example.com'],
    [
      'https://a:b@one.example.com and https://c:d@two.example.com',
      'https://…@one.example.com and https://…@two.example.com',
    ],
    ['"https://web:h7Kp…"', '"https://…"'],
    ['folder "oci:/h7Kp@example.com"', 'folder "oci:/…@example.com"'],
    ['proxy "web:h7Kp@proxy.example.com:3128"', 'proxy "…@proxy.example.com:3128"'],
  ])('in %s is not shown', (text, shown) => {
    expect(withoutLogins(text)).toBe(shown);
  });

  test.each([
    'ssh://git@example.com/fleet',
    'git@example.com:fleet.git',
    'oci://example.com:5000/web:1.2@sha256:0123',
    '"web:1.2@sha256:0123" and example.com/web:1.2@sha256:…',
    'http://web:8080/…',
    'http://[::1]:9000/a',
    'joe@example.com: of no use',
  ])('is not what stands in %s', (text) => {
    expect(withoutLogins(text)).toBe(text);
  });
});

const MARK = 'h7Kp2xQ9';
const LOGINS = [`https://web:${MARK}@example.com/x`, `web:${MARK}@example.com`];

/** Each text of a value in turn replaced by a text. */
function replaced(value: unknown, by: string): readonly unknown[] {
  if (typeof value === 'string') return [by];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    replaced(item, by).map((other) =>
      Array.isArray(value)
        ? value.map((own, index) => (index === Number(key) ? other : own))
        : { ...value, [key]: other },
    ),
  );
}

function manifestsWith(text: string, login: string): string {
  try {
    return loadAll(text)
      .flatMap((document) => replaced(document, login))
      .map((document) => dump(document))
      .join('---\n');
  } catch {
    // What is no YAML holds the login in a comment and a key of its own.
    return `${text}\n# ${login}\n"${login}": ${login}\n`;
  }
}

function mutated(example: Example, login: string): Example {
  if (typeof example === 'string') return manifestsWith(example, login);
  const artifacts = Object.entries(example.artifacts).map(([name, files]) => {
    const changed = Object.entries(files).map(([path, text]) => [path, manifestsWith(text, login)]);
    return [name, Object.fromEntries(changed)];
  });
  return { ...example, artifacts: Object.fromEntries(artifacts) };
}

describe.each(RULES.filter(({ id, bad }) => id !== 'yaml/alias-bomb' && JSON.stringify(bad).length < 20_000))(
  'of manifests of $id',
  (rule) => {
    test.each(LOGINS)('no finding shows the login of %s', async (login) => {
      const findings = await findingsOfExample(rule, mutated(rule.bad, login));
      expect(findings.filter((finding) => JSON.stringify(finding).includes(MARK))).toEqual([]);
    });
  },
);
