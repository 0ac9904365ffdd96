import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load } from '../../src/build/load.ts';
import { type RenderOptions, render } from '../../src/build/render.ts';
import { toolCache } from '../../src/build/tools.ts';
import type { SlipwayError } from '../../src/errors.ts';
import type { Rendered, RenderPlan } from '../../src/model.ts';
import { optionsFor, programs } from './programs.ts';
import { configMap, plan, tree } from './tree.ts';

const NO_PROGRAMS = (): RenderOptions => optionsFor(programs({}));
const HELM: RenderPlan = { kind: 'helm', release: 'web', values: [], apiVersions: [] };

async function rendered(root: string, kind: RenderPlan, options = NO_PROGRAMS()): Promise<Rendered> {
  return render(await load(plan(root, kind)), options);
}

async function refusal(root: string, kind: RenderPlan, options?: RenderOptions): Promise<SlipwayError> {
  return rendered(root, kind, options).then(
    () => Promise.reject(new Error('was rendered')),
    (thrown: SlipwayError) => thrown,
  );
}

const textOf = ({ files }: Rendered): string => Buffer.from(files[0]?.bytes ?? []).toString();

/** Prints a ConfigMap whose data says with which arguments, folder and environment it was run. */
const REPORT = `const facts = JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), env: process.env });
  console.log(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'facts' }, data: { facts } }));`;
const factsOf = (result: Rendered) => JSON.parse(JSON.parse(textOf(result)).data.facts);

describe('render: source', () => {
  it('leaves files as they are and counts what looks like objects, in templates too', async () => {
    const files = {
      'a.yaml': `${configMap('a')}---\n# nothing\n---\n${configMap('b')}`,
      'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
      't.yml': 'apiVersion: v1\nkind: {{ .Kind }}\n  bad: [\n',
      'README.md': 'apiVersion: v1\nkind: x\n',
    };
    const result = await rendered(tree(files), { kind: 'source' });
    expect(result.resources).toBe(3);
    expect(result.files.map((file) => [file.path, Buffer.from(file.bytes).toString()])).toEqual(
      Object.entries(files).sort(),
    );
    expect(result).not.toHaveProperty('renderer');
  });
});

describe('render: plain', () => {
  const PLAIN: RenderPlan = { kind: 'plain' };

  it('joins documents byte for byte in path order', async () => {
    const odd = `# comment  \n---\n${configMap('b', '"x":   "y"   # kept')}---\n`;
    const root = tree({
      'b.yaml': odd,
      'a/x.yml': configMap('a').trimEnd(),
      'a/y.yaml': `---\n${configMap('y')}`,
      'z.json': '{',
      'empty.yaml': '',
    });
    const result = await rendered(root, PLAIN);
    expect(textOf(result)).toBe(`${configMap('a')}---\n${configMap('y')}---\n${odd}`);
    expect(result.files.map((file) => file.path)).toEqual(['manifests.yaml']);
    expect(result.resources).toBe(3);
  });

  it('leaves out a byte order mark and keeps CRLF', async () => {
    const text = configMap('a').replaceAll('\n', '\r\n');
    expect(textOf(await rendered(tree({ 'a.yaml': `\ufeff${text}` }), PLAIN))).toBe(text);
    expect(
      textOf(
        await rendered(
          tree({ 'a.yaml': `\ufeff---\n${configMap('a')}`, 'b.yaml': `\ufeff---\n${configMap('b')}` }),
          PLAIN,
        ),
      ),
    ).toBe(`---\n${configMap('a')}---\n${configMap('b')}`);
  });

  it('renders the same bytes whether or not other artifacts of the run have the same documents', async () => {
    const options = NO_PROGRAMS();
    const roots = ['x', 'y'].map((value) =>
      tree({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b', `k: ${value}`) }),
    );
    const together = await Promise.all(roots.map((root) => rendered(root, PLAIN, options)));
    const apart = await Promise.all(roots.map((root) => rendered(root, PLAIN)));
    expect(together.map(textOf)).toEqual(apart.map(textOf));
    expect(together.map(({ resources }) => resources)).toEqual([2, 2]);
  });

  it.each<[string, Record<string, string | Uint8Array>, string]>([
    ['what is not UTF-8', { 'a.yaml': Uint8Array.of(0xff, 0xfe, 0x61, 0) }, '"deploy/app/a.yaml" is not UTF-8'],
    [
      'a YAML directive',
      { 'a.yaml': `%YAML 1.2\n---\n${configMap('a')}` },
      '"deploy/app/a.yaml" of artifact "app": it holds a YAML directive',
    ],
    [
      'a kustomization',
      { 'a.yaml': configMap('a'), 'x/kustomization.yml': 'resources: []' },
      '"deploy/app/x/kustomization.yml" of artifact "app": it is a kustomization',
    ],
    ['a Kustomization file', { 'a.yaml': configMap('a'), Kustomization: '' }, '"deploy/app/Kustomization"'],
    ['nothing but other files', { 'README.md': '' }, 'Artifact "app" renders to nothing'],
    ['nothing but comments', { 'a.yaml': '# x\n---\n' }, 'Artifact "app" renders to nothing'],
  ])('refuses %s, naming the file', async (_name, files, message) => {
    const error = await refusal(tree(files), PLAIN);
    expect(error.code).toBe('INVALID');
    expect(error.message).toContain(message);
  });

  it('hints at kustomize where plain cannot do it', async () => {
    expect((await refusal(tree({ 'kustomization.yaml': '' }), PLAIN)).hint).toContain('render: kustomize');
  });

  it('leaves it to the checks to say what is no YAML and no object', async () => {
    for (const text of ['a: b: c\n', `${configMap('a')}kind: X\n`, 'replicas: 3\n', '{']) {
      const result = await rendered(tree({ 'a.yaml': text }), PLAIN);
      expect(textOf(result)).toBe(text.endsWith('\n') ? text : `${text}\n`);
      expect(result.resources).toBe(1);
    }
  });

  it('names a single file by the path the user wrote', async () => {
    const root = join(tree({ app: 'foo: bar\n' }), 'app');
    symlinkSync(root, `${root}.yaml`);
    const loaded = await load({ ...plan(`${root}.yaml`, PLAIN), shown: 'deploy/app.yaml' });
    const { origins } = await render(loaded, NO_PROGRAMS());
    expect(origins({ file: 'manifests.yaml', line: 1, column: 4, documentLine: 1 })).toEqual({
      file: 'deploy/app.yaml',
      line: 1,
      column: 4,
    });
  });
});

describe('render: kustomize', () => {
  const KUSTOMIZE: RenderPlan = { kind: 'kustomize' };
  const kustomize = `if (process.argv[2] === 'version') { require('node:fs').appendFileSync(__filename + '.asked', 'x'); console.log('v5.8.1'); } else { ${REPORT} }`;

  it('takes what kustomize prints, unchanged, and records its version', async () => {
    const root = tree({ 'kustomization.yaml': '' });
    const result = await rendered(root, KUSTOMIZE, optionsFor(programs({ kustomize, kubectl: 'process.exit(1)' })));
    expect(factsOf(result)).toMatchObject({ args: ['build', root], cwd: root });
    expect(result.renderer).toEqual({ name: 'kustomize', version: 'v5.8.1' });
    expect(result.resources).toBe(1);
  });

  it('gives it no credential, and asks for its version once however many artifacts there are', async () => {
    const folder = programs({ kustomize });
    const options = optionsFor(folder, { AWS_SECRET_ACCESS_KEY: 'canary-0dd', HOME: '/home/x' });
    const results = await Promise.all([1, 2, 3].map(() => rendered(tree({ a: '' }), KUSTOMIZE, options)));
    for (const result of results)
      expect(factsOf(result).env).toEqual({
        PATH: options.env.PATH,
        HOME: '/home/x',
        LANG: 'C.UTF-8',
        LC_ALL: 'C.UTF-8',
        TZ: 'UTC',
      });
    expect(readFileSync(join(folder, 'kustomize.asked'), 'utf8')).toBe('x');
  });

  it('enables helm only when asked to', async () => {
    const root = tree({ a: '' });
    const result = await rendered(root, { kind: 'kustomize', enableHelm: true }, optionsFor(programs({ kustomize })));
    expect(factsOf(result).args).toEqual(['build', root, '--enable-helm']);
  });

  it('falls back to kubectl and records the kustomize in it', async () => {
    const kubectl = `if (process.argv[2] === 'version') console.log('Client Version: v1.34.0\\nKustomize Version: v5.7.1'); else { ${REPORT} }`;
    const root = tree({ a: '' });
    const result = await rendered(root, KUSTOMIZE, optionsFor(programs({ kubectl })));
    expect(factsOf(result).args).toEqual(['kustomize', root]);
    expect(result.renderer).toEqual({ name: 'kubectl', version: 'v1.34.0 (kustomize v5.7.1)' });
  });

  it('says what to install when there is neither', async () => {
    expect(await refusal(tree({ a: '' }), KUSTOMIZE)).toMatchObject({
      code: 'TOOL_MISSING',
      hint: expect.stringContaining('install kustomize'),
    });
  });

  it('shows the words of kustomize with the artifact and its path, but no password in them', async () => {
    const failing = `if (process.argv[2] === 'version') console.log('v5.8.1'); else { console.error("Error: accumulating resources from 'x.yaml': https://me:canary-9@host/repo"); process.exit(1); }`;
    const error = await refusal(tree({ a: '' }), KUSTOMIZE, optionsFor(programs({ kustomize: failing })));
    expect(error).toMatchObject({ code: 'RENDER', hint: expect.stringContaining('kustomize v5.8.1') });
    expect(error.message).toBe(
      `Cannot render artifact "app" from "deploy/app" with kustomize: Error: accumulating resources from 'x.yaml': https://host/repo`,
    );
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'Artifact "app" renders to nothing'],
    ['bytes that are not UTF-8', `process.stdout.write(Buffer.of(0x61, 0xff))`, 'the output of kustomize is not UTF-8'],
  ])('refuses %s as output', async (_name, script, message) => {
    const program = `if (process.argv[2] === 'version') console.log('v5'); else { ${script} }`;
    const error = await refusal(tree({ a: '' }), KUSTOMIZE, optionsFor(programs({ kustomize: program })));
    expect(error.code).toBe('INVALID');
    expect(error.message).toContain(message);
  });
});

describe('render: helm', () => {
  const version = (then: string): string =>
    `if (process.argv[2] === 'version') console.log('v4.3.1'); else { ${then} }`;

  it('passes on everything of the plan, values in their order', async () => {
    const root = tree({ 'Chart.yaml': '' });
    const full: RenderPlan = {
      ...HELM,
      namespace: 'ns',
      values: ['/v/1.yaml', '/v/2.yaml'],
      kubeVersion: '1.34.0',
      apiVersions: ['a/v1', 'b/v1'],
    };
    const result = await rendered(root, full, optionsFor(programs({ helm: version(REPORT) })));
    expect(factsOf(result)).toMatchObject({
      cwd: root,
      args: [
        'template',
        'web',
        root,
        '--include-crds',
        '--namespace',
        'ns',
        '--values',
        '/v/1.yaml',
        '--values',
        '/v/2.yaml',
        '--kube-version',
        '1.34.0',
        '--api-versions',
        'a/v1',
        '--api-versions',
        'b/v1',
      ],
    });
    expect(result.renderer).toEqual({ name: 'helm', version: 'v4.3.1' });
  });

  it('renders a packed chart', async () => {
    const root = tree({ 'web-1.0.0.tgz': '' });
    const chart = join(root, 'web-1.0.0.tgz');
    expect(factsOf(await rendered(chart, HELM, optionsFor(programs({ helm: version(REPORT) }))))).toMatchObject({
      cwd: root,
      args: ['template', 'web', chart, '--include-crds'],
    });
  });

  it('says what to install when helm is missing', async () => {
    expect(await refusal(tree({ a: '' }), HELM)).toMatchObject({
      code: 'TOOL_MISSING',
      hint: expect.stringContaining('install helm'),
    });
  });
});

describe('rendering twice', () => {
  const helm = (print: string): RenderOptions => ({
    ...optionsFor(programs({ helm: `if (process.argv[2] === 'version') console.log('v4.3.1'); else { ${print} }` })),
    twice: true,
  });
  /** Prints a ConfigMap with something else in it the second time. */
  const OTHER = `const fs = require('node:fs'); fs.appendFileSync(__filename + '.runs', 'x');
    console.log('apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: a\\ndata:\\n  n: ' + fs.statSync(__filename + '.runs').size);`;

  it('says where the results differ', async () => {
    const result = await rendered(tree({ 'Chart.yaml': '' }), HELM, helm(OTHER));
    expect(result.drift).toEqual({ line: 6, first: '  n: 1', second: '  n: 2' });
    expect(textOf(result)).toContain('n: 1');
  });

  it('is silent about equal results', async () => {
    expect(await rendered(tree({ 'Chart.yaml': '' }), HELM, helm(REPORT))).not.toHaveProperty('drift');
  });

  it('waits for the next second where there is a time, so that a clock shows', async () => {
    const print = `console.log('apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: ' + new Date().toISOString().slice(11, 19));`;
    const { drift } = await rendered(tree({ 'Chart.yaml': '' }), HELM, helm(print));
    expect(drift).toMatchObject({ line: 4, first: expect.stringMatching(/name: \d\d:\d\d:\d\d$/) });
  });

  it('stops on abort in the second run too', async () => {
    const print = `${OTHER} if (fs.statSync(__filename + '.runs').size > 1) setInterval(() => {}, 1000);`;
    const options = { ...helm(print), signal: AbortSignal.timeout(300) };
    expect(await refusal(tree({ 'Chart.yaml': '' }), HELM, options)).toMatchObject({ code: 'INTERRUPTED' });
  });

  it('is done for programs of the user and for kustomize with charts, and for nothing else', async () => {
    const other = OTHER.replace(
      'console',
      `if (process.argv[2] === 'version') { fs.rmSync(__filename + '.runs'); process.exit(); } console`,
    );
    const options = { ...optionsFor(programs({ gen: OTHER, kustomize: other })), twice: true };
    const root = tree({ a: '' });
    const driftOf = async (kind: RenderPlan): Promise<number | undefined> =>
      (await rendered(root, kind, { ...options, tools: toolCache(options.env) })).drift?.line;
    expect(await driftOf({ kind: 'command', run: ['gen'], env: {} })).toBe(6);
    expect(await driftOf({ kind: 'kustomize', enableHelm: true })).toBe(6);
    expect(await driftOf({ kind: 'kustomize' })).toBeUndefined();
  });

  it('is not done where nobody wants to know', async () => {
    const options = { ...helm(OTHER), twice: false };
    expect(await rendered(tree({ 'Chart.yaml': '' }), HELM, options)).not.toHaveProperty('drift');
  });
});

describe('render: command', () => {
  const command = (run: readonly string[], env: Record<string, string> = {}): RenderPlan => ({
    kind: 'command',
    run,
    env,
  });

  it('runs the program in the folder with the variables given for it', async () => {
    const root = tree({ a: '' });
    const result = await rendered(
      root,
      command(['gen', '--flag', '$HOME'], { STAGE: 'prod' }),
      optionsFor(programs({ gen: REPORT }), { TOKEN: 'canary' }),
    );
    expect(factsOf(result)).toMatchObject({ cwd: root, args: ['--flag', '$HOME'], env: { STAGE: 'prod' } });
    expect(factsOf(result).env).not.toHaveProperty('TOKEN');
    expect(result.renderer).toEqual({ name: 'gen', version: 'unknown' });
  });

  it('says which program is missing', async () => {
    expect(await refusal(tree({ a: '' }), command(['gen']))).toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining('"gen"'),
      hint: expect.stringContaining('artifact "app"'),
    });
  });

  it('says how a silent program ended, and stops one that does not end', async () => {
    const options = optionsFor(programs({ silent: 'process.exit(7)', endless: 'setInterval(() => {}, 1000)' }));
    expect((await refusal(tree({ a: '' }), command(['silent']), options)).message).toContain(
      'it ended with exit code 7 and said nothing',
    );
    expect(await refusal(tree({ a: '' }), command(['endless']), { ...options, timeoutSeconds: 0.3 })).toMatchObject({
      code: 'RENDER',
      message: expect.stringContaining('no end after 0.3 s'),
    });
  });

  it('stops on abort', async () => {
    const options = {
      ...optionsFor(programs({ endless: 'setInterval(() => {}, 1000)' })),
      signal: AbortSignal.timeout(200),
    };
    expect(await refusal(tree({ a: '' }), command(['endless']), options)).toMatchObject({ code: 'INTERRUPTED' });
  });
});
