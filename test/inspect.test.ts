/** Checking what is published: files are fetched, and findings point into them. */
import { expect, onTestFinished, test } from 'vitest';
import { check, publish } from '../src/library.ts';
import type { Finding, Receipt } from '../src/model.ts';
import { tree } from './build/tree.ts';
import { startFakeRegistry } from './fakes/registry.ts';

const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';
/** Published with a warning. */
const FOLDED = `${OBJECT}data:\n  text: >\n    one\n      two\n`;

const contextOf = (cwd: string) => ({ cwd, env: { HOME: cwd } });
const shown = ({ artifact, file, line, rendered, rule }: Finding): string =>
  `${artifact} ${file}:${line}${rendered ? ' (rendered)' : ''} ${rule}`;
const folded = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ rule }) => rule === 'yaml/folded-text').map(shown);

const referenceIn = ({ artifacts }: Receipt): string => Object.values(artifacts[0]?.stores ?? {})[0]?.reference ?? '';

test.each([
  ['plain', 'manifests.yaml:6'],
  ['source', 'cm.yaml:6'],
] as const)('an artifact of a registry, rendered as %s', async (render, place) => {
  const registry = await startFakeRegistry();
  onTestFinished(registry.stop);
  const root = tree({ 'deploy/cm.yaml': FOLDED });
  const to = [`oci://${registry.host}/fleet/web:prod`];
  const reference = referenceIn(await publish({ path: './deploy', render, to }, contextOf(root)));
  expect(reference).toContain(registry.host);
  const findings = await check({ path: reference }, contextOf(tree({})));
  expect(folded(findings)).toEqual([`${reference} ${place} (rendered) yaml/folded-text`]);
  expect(folded(await check({ path: './deploy', render }, contextOf(root)))).toEqual([
    'deploy deploy/cm.yaml:6 yaml/folded-text',
  ]);
});

test('a file that slipway build has written', async () => {
  const root = tree({ 'out/web.yaml': `${OBJECT}---\njust: text\n` });
  expect((await check({ path: 'file:out/web.yaml' }, contextOf(root))).map(shown)).toEqual([
    'file:out/web.yaml web.yaml:6 (rendered) object/not-an-object',
  ]);
});

test('what is not there', async () => {
  await expect(check({ path: 'file:out/web.yaml' }, contextOf(tree({})))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
