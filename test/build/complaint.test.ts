import { describe, expect, it } from 'vitest';
import { load } from '../../src/build/load.ts';
import { render } from '../../src/build/render.ts';
import type { SlipwayError } from '../../src/errors.ts';
import type { RenderPlan } from '../../src/model.ts';
import { optionsFor, programs } from './programs.ts';
import { plan, tree } from './tree.ts';

const KUSTOMIZE: RenderPlan = { kind: 'kustomize' };
const HELM: RenderPlan = { kind: 'helm', release: 'web', values: [], apiVersions: [] };
const COMMAND: RenderPlan = { kind: 'command', run: ['gen'], env: { API_TOKEN: 'hunter2', STAGE: 'prod' } };
const SEE_ALL = 'run it by hand in "deploy/app" to see all that it says';

/** What is said of a program that fails with these words. */
async function said(words: string, kind: RenderPlan = KUSTOMIZE, files: Readonly<Record<string, string>> = { a: '' }) {
  const failing = `if (process.argv[2] === 'version') console.log('v1.2.3'); else { process.stderr.write(${JSON.stringify(words)}); process.exitCode = 1; }`;
  const options = optionsFor(programs({ kustomize: failing, helm: failing, gen: failing }));
  const error: SlipwayError = await render(await load(plan(tree(files), kind)), options).then(
    () => Promise.reject(new Error('was rendered')),
    (thrown: SlipwayError) => thrown,
  );
  return { words: error.message.replace(/^.*? with (?:kustomize|helm|gen): /s, ''), hint: error.hint };
}

describe('what a renderer says when it fails', () => {
  it.each([
    ['a URL', "git fetch https://me:hunter2@host/repo: it's gone", "git fetch https://host/repo: it's gone"],
    ['a URL with an @ in its password', 'fetch https://me:hun@ter2@host/repo', 'fetch https://host/repo'],
    ['a URL that became a path', 'no "/x/https:/me:hunter2@host/repo"', 'no "/x/https:/host/repo"'],
    ['an address without a scheme', 'clone me:hunter2@host:repo', 'clone host:repo'],
    ['a query', 'get https://host/x?ref=v1&token=hunter2', 'get https://host/x?ref=v1&token=[hidden]'],
  ])('has no login of %s', async (_, words, shown) => {
    expect((await said(words)).words).toBe(shown);
  });

  it('has no literal that kustomize cannot split, and says how to see it', async () => {
    const words = 'Error: literal sources [hunter2 x]: invalid literal source hunter2, expected key=value';
    expect(await said(words)).toEqual({
      words: 'Error: literal sources [[hidden]]: invalid literal source [hidden], expected key=value',
      hint: `kustomize v1.2.3 refused it: correct the files it names; ${SEE_ALL}`,
    });
  });

  it('has no value of a Secret that it is made of', async () => {
    const files = {
      'kustomization.yaml': 'resources: [s.yaml]\nsecretGenerator:\n  - name: s\n    literals: [a=hunter2]\n',
      's.yaml': 'kind: Secret\ndata: {a: aHVudGVyMw==}\nstringData: {b: "hunter4"}\n',
    };
    const { words } = await said('Error: bad hunter2, hunter3, aHVudGVyMw== and hunter4', KUSTOMIZE, files);
    expect(words).toBe('Error: bad [hidden], [hidden], [hidden] and [hidden]');
  });

  it('has no value of a chart whose key sounds like a secret', async () => {
    const files = { 'values.yaml': 'db: {pw: hunter2, secretName: web-db}\nurl: https://db\n' };
    const words = 'Error: execution error at (web/templates/x.yaml:1:4): bad hunter2 of web-db at https://db';
    expect((await said(words, HELM, files)).words).toBe(words.replace('hunter2', '[hidden]'));
  });

  it('has no variable of a command whose name sounds like a secret', async () => {
    expect((await said('no such stage: prod (hunter2)', COMMAND)).words).toBe('no such stage: prod ([hidden])');
  });

  it.each([
    [
      'a manifest',
      'Loading\nkind: Secret\nstringData:\n  password: hunter2\n\nerror: it is refused',
      'Loading\n… (a manifest, not shown)\nerror: it is refused',
    ],
    [
      'a manifest with its values first',
      'Loading\ndata:\n  a: hunter2\nkind: Secret',
      'Loading\n… (a manifest, not shown)',
    ],
    [
      'a manifest within a line',
      'Error: cannot parse patch [apiVersion: v1\nkind: Secret\ndata:\n  a: hunter2\n]',
      'Error: cannot parse patch … (a manifest, not shown)',
    ],
    [
      'JSON',
      'Error: no kind in \'{"metadata":{"name":"x"},"data":{"a":"hunter2"}}\'',
      "Error: no kind in ' … (a manifest, not shown)",
    ],
    [
      'a generator',
      'Error: trouble with config:\nliterals:\n- a=hunter2\nname: s\nError: no key',
      'Error: trouble with config:\n… (a manifest, not shown)\nError: no key',
    ],
  ])('does not show %s', async (_, words, shown) => {
    const { words: told, hint } = await said(words, COMMAND);
    expect(told).toBe(shown);
    expect(hint).toContain(SEE_ALL);
  });

  it('is shown whole where nothing is secret, and its beginning where it is long', async () => {
    const words = 'Error: accumulating resources:\n  - from web.yaml: no such file\n  hint: none';
    expect(await said(words)).toEqual({ words, hint: 'kustomize v1.2.3 refused it: correct the files it names' });
    const lines = Array.from({ length: 99 }, (_, line) => `line ${line}`);
    expect((await said(lines.join('\n'))).words).toBe(lines.slice(0, 20).join('\n'));
  });
});
