import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attempt } from '../../src/build/attempt.ts';
import { load } from '../../src/build/load.ts';
import { render } from '../../src/build/render.ts';
import type { Rendered, RenderPlan } from '../../src/model.ts';
import { optionsFor, programs } from './programs.ts';
import { configMap, plan, tree } from './tree.ts';

const FAILING = `if (process.argv[2] === 'version') console.log('v1.2.3'); else process.exitCode = 1;`;
const OPTIONS = () => optionsFor(programs({ kustomize: FAILING, helm: FAILING }));

async function attempted(root: string, kind: RenderPlan): Promise<Rendered> {
  const options = OPTIONS();
  const artifact = plan(root, kind);
  return attempt(artifact, options.read, async () => render(await load(artifact), options));
}

const sourcesOf = ({ failure }: Rendered) => failure?.sources.map(({ path }) => path).sort();

it('leaves an artifact that renders as it is', async () => {
  const result = await attempted(tree({ 'a.yaml': configMap('a') }), { kind: 'plain' });
  expect(result).not.toHaveProperty('failure');
  expect(result.resources).toBe(1);
});

it('says why an artifact has no files', async () => {
  expect(await attempted(tree({ 'a.yaml': Uint8Array.of(0xff, 0xfe) }), { kind: 'plain' })).toMatchObject({
    ...{ artifact: { name: 'app' }, files: [], resources: 0 },
    failure: {
      code: 'INVALID',
      message: 'Invalid file in artifact "app": "deploy/app/a.yaml" is not UTF-8',
      hint: 'save it as UTF-8, or leave it out in ".sourceignore"',
      sources: [],
    },
  });
});

it('names the files that a kustomization is made of, as the user would, each once', async () => {
  const root = tree({
    'app/kustomization.yaml':
      'resources: [../base, x.yaml, gone.yaml, "https://host/x.yaml"]\ncomponents: [../base]\npatches: [{path: p.yaml}, {patch: "a: b"}]\n',
    ...{ 'app/x.yaml': 'a: [', 'app/p.yaml': '', 'app/other.yaml': '', 'app/notes.txt': '' },
    ...{ 'base/Kustomization': 'resources: [../app, y.yml]\n', 'base/y.yml': '' },
  });
  expect(sourcesOf(await attempted(join(root, 'app'), { kind: 'kustomize' }))).toEqual([
    ...['deploy/app/kustomization.yaml', 'deploy/app/p.yaml', 'deploy/app/x.yaml'],
    ...['deploy/base/Kustomization', 'deploy/base/y.yml'],
  ]);
});

it('names the files of a chart that are YAML, and its values', async () => {
  const root = tree({ 'app/Chart.yaml': '', 'app/values.yaml': '', 'app/templates/x.yaml': '', 'prod.yaml': '' });
  const helm: RenderPlan = { kind: 'helm', release: 'web', values: [join(root, 'prod.yaml')], apiVersions: [] };
  expect(sourcesOf(await attempted(join(root, 'app'), helm))).toEqual([
    ...['deploy/app/Chart.yaml', 'deploy/app/values.yaml', 'deploy/prod.yaml'],
  ]);
});

it('lets pass what is no fault of the files', async () => {
  const artifact = plan(tree({ a: '' }), { kind: 'kustomize' });
  const options = optionsFor(programs({}));
  const work = async () => render(await load(artifact), options);
  await expect(attempt(artifact, options.read, work)).rejects.toMatchObject({ code: 'TOOL_MISSING' });
});
