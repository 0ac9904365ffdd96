import { describe, expect, test } from 'vitest';
import type { CheckOptions, PolicyAnswer } from '../../../src/check/engine/options.ts';
import { SlipwayError } from '../../../src/errors.ts';
import type { Finding } from '../../../src/model.ts';
import { artifact, findingsOf } from '../artifact.ts';

const DEPLOYMENT =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: payments\nspec:\n  selector: {matchLabels: {app: web}}\n' +
  '  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - name: web\n          image: web:1.4.2\n';
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports: [{port: 80}]\n';
const APP = artifact({ 'manifests.yaml': `${DEPLOYMENT}---\n${SERVICE}` });

const policies = (...names: readonly string[]): CheckOptions['commands'] =>
  names.map((name) => ({ name, run: [name], timeoutSeconds: 5 }));

/** The findings of one command that answers so. */
function answered(answer: Partial<PolicyAnswer>, options: Partial<CheckOptions> = {}): Promise<readonly Finding[]> {
  const runPolicy = async () => ({ exitCode: 0, stdout: '', stderr: '', ...answer });
  return findingsOf('policy', [APP], { commands: policies('tool'), runPolicy, ...options });
}

const shown = ({ rule, severity, file, line, object, path, message, hint }: Finding): string =>
  `${severity} ${rule} ${file ?? '-'}:${line ?? '-'} [${object ?? ''}${path === undefined ? '' : ` ${path}`}] ${message}${hint === undefined ? '' : ` (${hint})`}`;

const ON_WEB = 'deploy/manifests.yaml:1 [Deployment payments/web]';
const FAILED = 'error policy/failed -:- [] Policy command "tool" gave no verdict:';
const PRINT =
  '(let it print SARIF, {"findings": [{"severity": "error", "message": "…"}]}, or plain text and an exit code)';

const sarif = (results: readonly unknown[], rules: readonly unknown[] = []) => ({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'tool', rules } }, results }],
});
const at = (startLine: number) => [
  { physicalLocation: { artifactLocation: { uri: '-' }, region: { startLine, startColumn: 1 } } },
];
const LINTED = {
  logicalLocations: [
    { name: 'web', kind: 'Object Name' },
    { name: 'payments', kind: 'Object Namespace' },
    { name: 'Deployment', kind: 'GVK/Kind' },
  ],
  physicalLocation: { artifactLocation: { uri: '-' }, region: { startLine: 1 } },
};

describe('what a policy command answers', () => {
  test.each<[string, number, unknown, readonly string[]]>([
    ['SARIF without results', 0, sarif([]), []],
    [
      'SARIF with levels and lines',
      0,
      sarif([
        { ruleId: 'R1', level: 'error', message: { text: 'No tag.' }, locations: at(13) },
        { ruleId: 'R2', level: 'note', message: { text: 'No probe' }, locations: at(15) },
        { ruleId: 'R3', level: 'none', message: { text: 'Fine' } },
        { ruleId: 'R4', message: { text: 'Accepted' }, suppressions: [{ kind: 'inSource' }] },
        { ruleId: 'R5', kind: 'pass', message: { text: 'Passed' } },
      ]),
      [
        'error policy/violation deploy/manifests.yaml:13 [Deployment payments/web spec.template.spec.containers[0].image] tool (R1): No tag',
        'warn policy/warning deploy/manifests.yaml:15 [Service web apiVersion] tool (R2): No probe',
      ],
    ],
    [
      'SARIF with the level and help of its rules',
      1,
      sarif(
        [
          { ruleId: 'R1', ruleIndex: 0, message: { text: 'Bad' } },
          { ruleId: 'R2', message: { text: 'Odd' } },
        ],
        [
          { id: 'R1', helpUri: 'https://example.com/r1', defaultConfiguration: { level: 'error' } },
          { id: 'R2', defaultConfiguration: { level: 'warning' } },
        ],
      ),
      [
        'error policy/violation -:- [] tool (R1): Bad (see https://example.com/r1)',
        'warn policy/warning -:- [] tool (R2): Odd',
      ],
    ],
    [
      'SARIF of kube-linter: no levels, objects, and line 1 for all',
      1,
      sarif([{ ruleId: 'no-probe', message: { text: 'no probe\nobject: payments/web' }, locations: [LINTED] }]),
      [`error policy/violation ${ON_WEB} tool (no-probe): no probe; object: payments/web`],
    ],
    [
      'JSON of kube-linter',
      1,
      {
        Checks: [],
        Reports: [
          {
            ...{ Check: 'no-probe', Remediation: 'Add a probe.', Diagnostic: { Message: 'no probe' } },
            Object: { K8sObject: { Name: 'web', Namespace: 'payments', GroupVersionKind: { Kind: 'Deployment' } } },
          },
        ],
      },
      [`error policy/violation ${ON_WEB} tool (no-probe): no probe (Add a probe.)`],
    ],
    ['JSON of kube-linter without reports', 0, { Checks: [], Reports: null }, []],
    [
      'JSON of conftest',
      1,
      [
        {
          ...{ filename: '-', namespace: 'main', successes: 1 },
          warnings: [{ msg: 'no owner' }],
          failures: [{ msg: 'runs as root', metadata: { kind: 'Deployment', name: 'web' } }],
        },
      ],
      ['warn policy/warning -:- [] tool: no owner', `error policy/violation ${ON_WEB} tool: runs as root`],
    ],
    ['JSON of conftest, when all is well', 0, [{ filename: '-', namespace: 'main', successes: 2 }], []],
    [
      'a policy report, as kyverno prints it',
      1,
      {
        kind: 'ClusterPolicyReport',
        results: [
          {
            policy: 'team',
            rule: 'label',
            result: 'pass',
            message: 'ok',
            resources: [{ kind: 'Service', name: 'web' }],
          },
          {
            ...{ policy: 'team', rule: 'label', result: 'fail', message: 'no label team' },
            resources: [{ kind: 'Deployment', name: 'web', namespace: 'payments' }],
          },
          {
            policy: 'tag',
            result: 'warn',
            message: '',
            resources: [{ kind: 'Service', name: 'web', namespace: 'default' }],
          },
        ],
      },
      [
        `error policy/violation ${ON_WEB} tool (team/label): no label team`,
        'warn policy/warning deploy/manifests.yaml:15 [Service web] tool (tag): the policy is not met',
      ],
    ],
    [
      'JSON of kubeconform',
      1,
      {
        resources: [
          { kind: 'Service', name: 'web', status: 'statusValid', msg: '' },
          { kind: 'Deployment', name: 'web', status: 'statusInvalid', msg: 'missing property' },
        ],
      },
      [`error policy/violation ${ON_WEB} tool: missing property`],
    ],
    [
      'JSON of flux schema, with the field',
      1,
      {
        report: {
          results: [
            { resource: { kind: 'Service', name: 'web' }, status: 'valid' },
            {
              ...{ resource: { kind: 'Deployment', name: 'web', namespace: 'payments' }, status: 'invalid' },
              ...{ reason: 'schema-violation', violations: [{ path: '/spec/template', message: 'bad' }] },
            },
          ],
        },
      },
      [
        'error policy/violation deploy/manifests.yaml:8 [Deployment payments/web spec.template] tool (schema-violation): bad',
      ],
    ],
    [
      'findings of our own form',
      0,
      {
        findings: [
          { severity: 'error', rule: 'x', message: 'bad', object: 'Deployment payments/web', hint: 'do it' },
          { severity: 'warn', message: 'odd', line: 20 },
          { severity: 'low', message: 'of nobody', kind: 'Pod', name: 'gone' },
        ],
      },
      [
        'warn policy/warning -:- [] tool: of nobody',
        `error policy/violation ${ON_WEB} tool (x): bad (do it)`,
        'warn policy/warning deploy/manifests.yaml:20 [Service web spec.ports[0].port] tool: odd',
      ],
    ],
    ['a list of findings', 0, [{ message: 'odd' }], ['warn policy/warning -:- [] tool: odd']],
    ['an empty list', 0, [], []],
    [
      'warnings, and an exit code that refuses',
      2,
      [{ severity: 'warn', message: 'odd' }],
      ['error policy/violation -:- [] tool: odd'],
    ],
    [
      'JSON of another form',
      0,
      { result: 'ok' },
      [`${FAILED} it printed JSON of a form that slipway does not know ${PRINT}`],
    ],
    [
      'an empty list, and an exit code that refuses',
      3,
      [],
      [
        `${FAILED} it ended with exit code 3, and its answer lists nothing: cannot load policies (run the command by hand to see what it stumbles over)`,
      ],
    ],
  ])('%s', async (_, exitCode, value, expected) => {
    const stderr = exitCode === 3 ? 'cannot load policies\n' : 'some log';
    expect((await answered({ exitCode, stdout: JSON.stringify(value), stderr })).map(shown)).toEqual(expected);
  });

  test.each<[string, Partial<PolicyAnswer>, readonly string[]]>([
    ['nothing, and 0', {}, []],
    ['text, and 0', { stdout: '[INFO] 3 passed\n', stderr: 'log' }, []],
    [
      'text, and another code',
      { exitCode: 1, stdout: '\n\u001b[31mweb runs as root\u001b[0m\r\n\tsecond\n' },
      ['error policy/violation -:- [] tool: web runs as root; second'],
    ],
    ['complaints only', { exitCode: 1, stderr: 'bad\n' }, ['error policy/violation -:- [] tool: bad']],
    [
      'nothing, and another code',
      { exitCode: 9 },
      ['error policy/violation -:- [] tool: it ended with exit code 9 and said nothing'],
    ],
    [
      'JSON that breaks off',
      { stdout: '{"runs": [' },
      [`${FAILED} it printed JSON that breaks off or is not valid ${PRINT}`],
    ],
    [
      'a list that breaks off',
      { stdout: '[\n' },
      [`${FAILED} it printed JSON that breaks off or is not valid ${PRINT}`],
    ],
    ...['null', '[1, 2, null]', 'false', '"ok"', '[null]'].map(
      (stdout): [string, Partial<PolicyAnswer>, readonly string[]] => [
        `JSON that says nothing: ${stdout}`,
        { stdout },
        [`${FAILED} it printed JSON of a form that slipway does not know ${PRINT}`],
      ],
    ),
    ...['\uFFFD\u0001x', 'ok\0'].map((stdout): [string, Partial<PolicyAnswer>, readonly string[]] => [
      `bytes that are no text: ${JSON.stringify(stdout)}`,
      { stdout },
      [`${FAILED} it printed bytes that are no text ${PRINT}`],
    ]),
    [
      'a line behind the end, and one between two',
      { stdout: JSON.stringify([99_999, 1.5].map((line) => ({ message: 'odd', line }))) },
      ['warn policy/warning -:- [] tool: odd', 'warn policy/warning -:- [] tool: odd'],
    ],
    [
      'much text',
      { exitCode: 1, stdout: Array.from({ length: 5 }, (_, n) => `line ${n}`).join('\n') },
      ['error policy/violation -:- [] tool: line 0; line 1; line 2; …'],
    ],
    [
      'a long line',
      { exitCode: 1, stdout: 'x'.repeat(9_000) },
      [`error policy/violation -:- [] tool: ${'x'.repeat(500)}…`],
    ],
  ])('%s', async (_, answer, expected) => {
    expect((await answered(answer)).map(shown)).toEqual(expected);
  });

  test('can be switched, ignored at the object, and not be left out when it fails', async () => {
    const stdout = JSON.stringify([{ severity: 'error', message: 'bad', object: 'Deployment payments/web' }]);
    const set = async (rules: CheckOptions['rules']) =>
      (await answered({ stdout }, { rules })).map(({ severity }) => severity);
    expect(await set({ 'policy/violation': 'warn' })).toEqual(['warn']);
    expect(await set({ 'policy/violation': 'off' })).toEqual([]);
    expect((await answered({ stdout: '{' }, { rules: { 'policy/failed': 'off' } })).map(({ rule }) => rule)).toEqual([
      'policy/failed',
    ]);
    const ignoring = DEPLOYMENT.replace(
      'metadata:\n',
      'metadata:\n  annotations: {slipway.dev/ignore: policy/violation}\n',
    );
    const runPolicy = async () => ({ exitCode: 0, stdout, stderr: '' });
    const app = artifact({ 'manifests.yaml': ignoring });
    expect(await findingsOf('policy', [app], { commands: policies('tool'), runPolicy })).toEqual([]);
  });
});

test('values of Secrets are not repeated, plain or in Base64', async () => {
  const secret = (fields: string): string => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n${fields}`;
  const app = artifact({
    'manifests.yaml': [
      secret('stringData:\n  a: hunter2\n  b: |\n    first line\n    second line\n'),
      secret('data:\n  c: aHVudGVyMw==\n').replace('name: s', 'name: t'),
    ].join('---\n'),
  });
  const answers = [
    { exitCode: 1, stdout: 'bad: hunter2 aHVudGVyMg==\nhunter3 aHVudGVyMw==\nsecond line', stderr: '' },
    { exitCode: 3, stdout: '[]', stderr: `${'x'.repeat(498)}hunter2` },
    { exitCode: 0, stdout: '[{"message": "hunter2", "rule": "hunter3", "hint": "not first line"}]', stderr: '' },
  ];
  const told = await Promise.all(
    answers.map((answer) => findingsOf('policy', [app], { commands: policies('tool'), runPolicy: async () => answer })),
  );
  expect(told.flat().map(({ message }) => message)).toEqual([
    'tool: bad: [hidden] [hidden]; [hidden] [hidden]; [hidden]',
    `Policy command "tool" gave no verdict: it ended with exit code 3, and its answer lists nothing: ${'x'.repeat(498)}[h…`,
    'tool ([hidden]): [hidden]',
  ]);
  expect(told[2]?.[0]?.hint).toBe('not [hidden]');
});

describe('a policy command', () => {
  /** Runs commands that answer nothing and tells what they were given. */
  async function given(all: Parameters<typeof findingsOf>[1], commands = policies('tool')): Promise<string[]> {
    const seen: string[] = [];
    await findingsOf('policy', all, {
      commands,
      async runPolicy({ name }, manifests) {
        seen.push(`${name}: ${Buffer.from(manifests).toString()}`);
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    });
    return seen;
  }

  test('gets what was rendered, byte for byte; each command for each artifact', async () => {
    const text = Buffer.from(APP.files[0]?.bytes ?? []).toString();
    expect(await given([APP], policies('one', 'two'))).toEqual([`one: ${text}`, `two: ${text}`]);
    const other = artifact({ 'manifests.yaml': SERVICE });
    expect((await given([APP, other])).sort()).toEqual([`tool: ${SERVICE}`, `tool: ${text}`].sort());
  });

  test('does not run where there is no object', async () => {
    expect(await given([artifact({ 'README.md': '# web\n' }, 'source')])).toEqual([]);
  });

  test('gets the manifests of sources as one stream, and its lines lead back to the files', async () => {
    const files = {
      'README.md': '# web\n',
      'a.yaml': DEPLOYMENT.trimEnd(),
      'b.yaml': `---\n${SERVICE}`,
      'c.yaml': SERVICE.replace('web', 'api'),
    };
    const app = artifact(files, 'source');
    const stream = `${DEPLOYMENT}---\n${SERVICE}---\n${files['c.yaml']}`;
    expect(await given([app])).toEqual([`tool: ${stream}`]);
    const lines = stream.split('\n').flatMap((text, index) => (/^ {2}name:/.test(text) ? [index + 1] : []));
    const stdout = JSON.stringify(lines.map((line) => ({ message: 'here', line })));
    const runPolicy = async () => ({ exitCode: 0, stdout, stderr: '' });
    const findings = await findingsOf('policy', [app], { commands: policies('tool'), runPolicy });
    expect(findings.map(({ file, line, object, path }) => [file, line, object, path])).toEqual([
      ['deploy/a.yaml', 4, 'Deployment payments/web', 'metadata.name'],
      ['deploy/b.yaml', 5, 'Service web', 'metadata.name'],
      ['deploy/c.yaml', 4, 'Service api', 'metadata.name'],
    ]);
  });

  const broken = (error: unknown): Promise<readonly Finding[]> =>
    answered({}, { runPolicy: () => Promise.reject(error) });

  test('that hangs or floods has not approved', async () => {
    const findings = await broken(new SlipwayError('CONFIG', 'Stopped "tool": no end after 5 s'));
    expect(findings.map(shown)).toEqual([
      `${FAILED} Stopped "tool": no end after 5 s (run the command by hand, or give it more time (timeout))`,
    ]);
  });

  test('that is missing ends the run, and so does an interruption', async () => {
    await expect(broken(new SlipwayError('TOOL_MISSING', 'x'))).rejects.toMatchObject({ code: 'TOOL_MISSING' });
    await expect(broken(new SlipwayError('INTERRUPTED', 'x'))).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
