/** Manifests that the examples of rules are made of. */

const indented = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(by)}${line}`))
    .join('\n');

/** An object: `spec` and what else stands at its root. */
export const object = (kind: string, apiVersion: string, rest: string, name = 'web'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: payments\n${rest}`;

/** A Pod with one container, and more of its spec. */
export const pod = (container: string, spec = ''): string =>
  object(
    'Pod',
    'v1',
    `spec:\n  containers:\n    - name: web\n      image: example.com/web:1.2.3@sha256:${'0'.repeat(64)}\n${indented(container, 6)}${indented(spec, 2)}`,
  );
