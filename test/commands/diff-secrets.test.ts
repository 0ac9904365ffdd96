import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { tree } from '../config/tree.ts';
import { slipway } from '../flow/fleet.ts';

const CONFIG = `version: 1
artifacts:
  - { path: rendered, render: plain }
  - { path: sources, render: source }
stores: { layouts: "file:out/layouts" }
channel: prod
`;

const head = (kind: string, name: string): string => `kind: ${kind}\nmetadata:\n  name: ${name}\n`;

/** Every place of a release where a secret stands, with this value; the second half of each value is told nowhere. */
const files = (secret: string): Readonly<Record<string, string>> => ({
  'rendered/secret.yaml': [
    `apiVersion: v1\n${head('Secret', 'one')}data: { password: ${Buffer.from(secret).toString('base64')} }\nstringData: { text: ${secret} }\n`,
    `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata: { name: two }\n    stringData: { text: "${secret}" }\n`,
    `apiVersion: v1\nkind: SecretList\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata: { name: three }\n    stringData: { text: "${secret}" }\n`,
    `apiVersion: v1\n${head('Secret', 'four')}  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"kind":"Secret","stringData":{"a":"${secret}"}}'\ntype: Opaque\n`,
    `apiVersion: v1\n${head('Secret', `made-${secret.endsWith('1') ? '2456789bcd' : 'fghkmtg222'}`)}stringData: { text: "${secret}" }\n`,
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\n${head('Kustomization', 'apps')}  namespace: flux-system\nspec:\n  path: ./apps\n  interval: 10m\n  prune: true\n  sourceRef: { kind: GitRepository, name: apps }\n  patches:\n    - patch: |\n        apiVersion: v1\n        kind: Secret\n        metadata: { name: x }\n        stringData: { text: "${secret}" }\n`,
  ].join('---\n'),
  'sources/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1\n${head('Kustomization', 'x')}resources: [a.yaml]\nsecretGenerator:\n  - name: made\n    literals: ["password=${secret}"]\n`,
  'sources/app.env': `PASSWORD=${secret}\n`,
  'sources/values.yaml': `password: ${secret}\n`,
  'sources/patch.yaml': `- op: add\n  path: /stringData/password\n  value: ${secret}\n`,
  'sources/a.yaml': `apiVersion: v1\n${head('Secret', 'a')}stringData:\n  password: ENC[AES256_GCM,data:${secret},type:str]\nsops:\n  mac: ENC[AES256_GCM,data:${secret}]\n  lastmodified: ${secret}\n`,
  'sources/chart/templates/secret.yaml': `apiVersion: v1\n${head('Secret', '"{{ .Release.Name }}"')}stringData:\n  password: "${secret}"\n`,
});

/** The checks refuse it, and a checkout may have it all the same. */
const unreadable = (secret: string): Readonly<Record<string, string>> => ({
  'sources/chart/templates/other.yaml': `{{ if .Values.on }}\napiVersion: v1\n${head('Secret', 'x')}stringData:\n  password: "${secret}"\n{{ end }}\n`,
});

const CANARY = 'canary4711';
const told = (text: string): boolean =>
  text.includes(CANARY) || text.includes(Buffer.from(CANARY).toString('base64').slice(0, 12));

test('no secret is told in any form, wherever it stands and whatever becomes of it', async () => {
  const cwd = await tree({ 'slipway.yaml': CONFIG });
  const write = async (all: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(cwd, path)), { recursive: true });
      await writeFile(join(cwd, path), text);
    }
  };
  const run = (...argv: readonly string[]) => slipway([...argv, '--quiet'], { cwd, env: {} });
  await write(files(`${CANARY}1`));
  const published = await run('publish');
  expect(published.code, published.stderr).toBe(0);
  const without = {
    'rendered/secret.yaml': `apiVersion: v1\n${head('ConfigMap', 'x')}`,
    'sources/a.yaml': `apiVersion: v1\n${head('ConfigMap', 'a')}`,
  };
  const look = async (before: string, after: string, shown: RegExp): Promise<void> => {
    for (const form of ['text', 'json', 'markdown', 'html']) {
      for (const more of [[], ['--unified']]) {
        const { code, stdout, stderr } = await run('diff', before, after, '--output', form, ...more);
        expect([code, stderr]).toEqual([0, '']);
        expect(stdout).toMatch(shown);
        expect(told(stdout), `${form} from ${before} to ${after}`).toBe(false);
      }
    }
  };
  await write({ ...files(`${CANARY}2`), ...unreadable(`${CANARY}2`) });
  await look('prod', '.', /masked/);
  for (const path of Object.keys({ ...files(''), ...unreadable('') })) await rm(join(cwd, path), { force: true });
  await write(without);
  await look('prod', '.', /Secret|secret/);
  await look('.', 'prod', /Secret|secret/);
  await run('diff', '.', 'prod', '--unified', '--out', 'out/answer');
  expect(told(await readFile(join(cwd, 'out/answer'), 'utf8'))).toBe(false);
});
