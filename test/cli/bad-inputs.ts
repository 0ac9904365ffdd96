/** Bad input that files and the environment can hold. */
import { CONFIG, type Fleet, yaml } from '../flow/fleet.ts';
import type { Files } from '../flow/source-tree.ts';

/** Input and what is said about it. */
export interface Bad {
  readonly files?: Files;
  readonly env?: (by: Fleet) => Readonly<Record<string, string>>;
  /** Programs on PATH besides Git, as JavaScript. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly exit: number;
  /** The error's code. */
  readonly code: string;
  /** What the message must name: the file, the value. */
  readonly names: RegExp;
  /** What to do, from the hint. */
  readonly hint: RegExp;
}

const config = (change: (text: string) => string): Files => ({ 'slipway.yaml': change(CONFIG) });
const path = (to: string): Files => config((text) => text.replace('path: clusters/*', `path: ${to}`));
const name = (to: string): Files => config((text) => text.replace('{ path:', `{ name: "${to}", path:`));
const render = (to: string): Files => config((text) => text.replace('render: plain', `render: ${to}`));

/** Stands in for a kustomize that meets a resource which is not there, with the words of the real one. */
const KUSTOMIZE = `if (process.argv[2] === 'version') console.log('v5.8.1');
else {
  console.error("Error: accumulating resources: accumulation err='accumulating resources from 'gone.yaml': no such file'");
  process.exitCode = 1;
}`;

/** Titles and cases, each over a fleet that has published once. */
export const CASES: readonly (readonly [string, Bad])[] = [
  [
    'a path that is missing',
    { files: path('nowhere'), exit: 1, code: 'SOURCE', names: /slipway\.yaml:3:5: .*"nowhere"/, hint: /looked for/ },
  ],
  [
    'a glob without a match',
    {
      files: path('nowhere/*'),
      exit: 1,
      code: 'SOURCE',
      names: /slipway\.yaml:3:5: .*"nowhere\/\*"/,
      hint: /looked for folders in/,
    },
  ],
  [
    'two artifacts of one name',
    {
      files: name('same'),
      exit: 2,
      code: 'CONFIG',
      names: /"same": "clusters\/north" and "clusters\/south"/,
      hint: /\{path\}/,
    },
  ],
  [
    'a reserved artifact name',
    {
      files: name('releases'),
      exit: 2,
      code: 'CONFIG',
      names: /slipway\.yaml:3:14: .*\n.*"releases"/,
      hint: /correct the file/,
    },
  ],
  [
    'an invalid artifact name',
    {
      files: { 'clusters/North/cm.yaml': yaml('north', 'two') },
      exit: 2,
      code: 'CONFIG',
      names: /"North".*lower-case/,
      hint: /name/,
    },
  ],
  [
    'an artifact without a file',
    {
      files: { 'clusters/north': undefined, 'clusters/north/.sourceignore': '*\n' },
      exit: 1,
      code: 'INVALID',
      names: /"clusters\/north"/,
      hint: /prune everything.*\.sourceignore/,
    },
  ],
  [
    'an artifact without an object',
    {
      files: { 'clusters/north/cm.yaml': '# nothing\n---\n' },
      exit: 1,
      code: 'INVALID',
      names: /"clusters\/north"/,
      hint: /prune everything/,
    },
  ],
  [
    'a file that is not YAML',
    {
      files: { 'clusters/north/cm.yaml': 'kind: [unclosed\n' },
      exit: 1,
      code: 'FINDINGS',
      names: /^clusters\/north\/cm\.yaml\n +2:1 error A \[list\] or \{mapping\} is broken \[yaml\/syntax\]\n/,
      hint: /slipway explain RULE/,
    },
  ],
  [
    'a document that is no Kubernetes object',
    {
      files: { 'clusters/north/cm.yaml': 'just: text\n' },
      exit: 1,
      code: 'FINDINGS',
      names: /^clusters\/north\/cm\.yaml\n +1:1 error Not a Kubernetes object: "apiVersion" is missing \[/,
      hint: /slipway explain RULE/,
    },
  ],
  [
    'duplicate YAML keys',
    {
      files: { 'clusters/north/cm.yaml': `${yaml('north', 'two')}data: {}\n` },
      exit: 1,
      code: 'FINDINGS',
      names: /^clusters\/north\/cm\.yaml\n +7:1 error ConfigMap north: Key "data" is written twice/,
      hint: /slipway explain RULE/,
    },
  ],
  [
    'a program that is missing',
    { files: render('kustomize'), exit: 2, code: 'TOOL_MISSING', names: /kustomize/, hint: /install/i },
  ],
  [
    'an overlay that the renderer refuses',
    {
      files: render('kustomize'),
      programs: { kustomize: KUSTOMIZE },
      exit: 1,
      code: 'FINDINGS',
      names: /"north".*accumulating resources from 'gone\.yaml'.*\[render\/failed\].*"south"/s,
      hint: /correct what is listed above/,
    },
  ],
  [
    'a config with tabs',
    {
      files: config((text) => text.replace('  - {', '\t- {')),
      exit: 2,
      code: 'CONFIG',
      names: /slipway\.yaml:3:\d+.*tab/is,
      hint: /correct the file/,
    },
  ],
  [
    'duplicate keys in the config',
    {
      files: config((text) => `${text}channel: other\n`),
      exit: 2,
      code: 'CONFIG',
      names: /slipway\.yaml:6:1.*channel/s,
      hint: /correct the file/,
    },
  ],
  [
    'an unknown key in the config',
    {
      files: config((text) => `${text}chanel: x\n`),
      exit: 2,
      code: 'CONFIG',
      names: /slipway\.yaml:6:1: .*did you mean "channel"/,
      hint: /correct the file/,
    },
  ],
  [
    'an unknown scheme',
    { env: () => ({ EU: 'ftp://example.com/fleet' }), exit: 2, code: 'CONFIG', names: /"ftp"/, hint: /oci:\/\// },
  ],
  [
    'credentials in a URL',
    {
      env: () => ({ EU: 'oci://ci:s3cret@registry.invalid/fleet/{artifact}' }),
      exit: 2,
      code: 'CONFIG',
      names: /credentials/,
      hint: /Docker config/,
    },
  ],
  [
    'a layout that cannot show sources',
    {
      files: render('source'),
      env: ({ stage: { env } }) => ({ US: `${env.US}&layout=object` }),
      exit: 2,
      code: 'CONFIG',
      names: /"north".*"us"/,
      hint: /layout=tarball/,
    },
  ],
  [
    'several artifacts for one repository',
    {
      env: ({ stage: { env } }) => ({ EU: (env.EU ?? '').replace('/{artifact}', '/all') }),
      exit: 2,
      code: 'CONFIG',
      names: /2 artifacts.*"eu"/,
      hint: /\{artifact\}/,
    },
  ],
  [
    'a variable that is not set',
    { env: () => ({ EU: '' }), exit: 2, code: 'CONFIG', names: /slipway\.yaml:4:.*"EU"/s, hint: /set EU/ },
  ],
];
