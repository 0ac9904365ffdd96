import { describe, expect, test } from 'vitest';
import type { RenderKind } from '../../../src/model.ts';
import { artifact, findingsOf } from '../artifact.ts';

async function said(text: string, kind: RenderKind): Promise<readonly string[]> {
  const app = artifact({ 'app.yaml': text }, kind);
  const findings = [...(await findingsOf('schema', [app])), ...(await findingsOf('yaml', [app]))];
  return findings.map(({ rule, line, column, message }) => `${line}:${column} ${rule} ${message}`);
}

describe.each<[RenderKind]>([['plain'], ['source']])('words such as yes and off in an artifact of %s', (kind) => {
  test('are strings for the checks, because Flux reads them as such', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {FEATURE: on, y: "1"}\n';
    expect(await said(text, kind)).toEqual([
      '4:17 yaml/ambiguous-scalar Unquoted on is the boolean true for kubectl, and the string "on" for kustomize and Flux',
      '4:21 yaml/ambiguous-scalar Unquoted key y is "true" for kubectl, and "y" for kustomize and Flux',
    ]);
  });

  test('are wrong where a boolean is wanted', async () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  hostNetwork: yes\n  containers: [{name: a, image: "a:1"}]\n';
    expect(await said(text, kind)).toEqual([
      '5:3 schema/type "hostNetwork" must be true or false, but is a string',
      '5:16 yaml/ambiguous-scalar Unquoted yes is the boolean true for kubectl, and the string "yes" for kustomize and Flux',
    ]);
  });

  test('are keys of their own', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  yes: a\n  "yes": b\n  on: 1\n';
    expect((await said(text, kind)).filter((one) => !one.includes('ambiguous'))).toEqual([
      '7:3 schema/type "on" must be a string, but is an integer',
      '6:3 yaml/duplicate-key Key "yes" is written twice (first in line 5)',
    ]);
  });
});
