import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkDataSize } from '../../../src/check/hygiene/size.ts';
import { type Fields, objectsOf } from '../../../src/check/object.ts';
import type { Example } from '../../../src/check/rule.ts';
import { NEWEST, openCatalog } from '../../../src/check/schema/catalog.ts';
import type { ObjectContext } from '../../../src/check/view.ts';
import { found, shown } from '../found.ts';

const random = (length: number): string =>
  createHash('shake256', { outputLength: length }).update('hygiene').digest('base64').slice(0, length);
const key = `-----BEGIN PRIVATE KEY-----\n${random(600)}\n-----END PRIVATE KEY-----\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const secret = (fields: string, metadata = ''): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: payments\n${metadata}${fields}`;
const of = async (example: Example): Promise<readonly string[]> => shown(await found('hygiene', example));
const source = (files: Readonly<Record<string, string>>): Example => ({ artifacts: { app: files }, render: 'source' });

describe('a Secret', () => {
  test('that is not encrypted is a warning, which names its keys and never their values', async () => {
    const findings = await found(
      'hygiene',
      secret(`data:\n  password: ${base64('correct horse')}\n  user: ${base64('web')}\n`),
    );
    expect(findings).toEqual([
      {
        rule: 'hygiene/plain-secret',
        severity: 'warn',
        artifact: 'app',
        file: 'app/manifests.yaml',
        line: 7,
        column: 3,
        object: 'Secret payments/db',
        path: 'data.password',
        message: 'This Secret is not encrypted: everybody who can read the artifact can read "password", "user"',
        hint: 'encrypt it with SOPS or as SealedSecret, or let an ExternalSecret fill it in',
      },
    ]);
  });

  test('with many keys names three of them', async () => {
    expect(await of(secret('stringData: { a: x, b: x, c: x, d: x, e: x }\n'))).toEqual([
      'hygiene/plain-secret app/manifests.yaml:6:15 This Secret is not encrypted: everybody who can read the artifact can read "a", "b", "c" and 2 more',
    ]);
  });

  test('names a key once that both data and stringData have', async () => {
    expect(await of(secret('data: { a: eA== }\nstringData: { a: x }\n'))).toEqual([
      'hygiene/plain-secret app/manifests.yaml:6:9 This Secret is not encrypted: everybody who can read the artifact can read "a"',
    ]);
  });

  test.each([
    ['is encrypted by SOPS', 'data:\n  password: ENC[AES256_GCM,data:zzzz,type:str]\nsops:\n  mac: ENC[x]\n'],
    ['is empty', 'data: {}\nstringData:\n  later: ""\n'],
    ['is filled in by Flux', `stringData:\n  password: \${DB_PASSWORD}\n  url: postgres://\${USER}@db\n`],
    ['is filled in by Flux in base64', `data:\n  password: \${DB_PASSWORD_BASE64}\n`],
    ['is filled in by a webhook', 'stringData:\n  password: vault:secret/data/db#password\n'],
    ['is a service account token', 'type: kubernetes.io/service-account-token\ndata:\n  token: eA==\n'],
    [
      'holds a certificate only',
      `data:\n  ca.crt: ${base64('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')}\n`,
    ],
    ['is broken', 'data: [1]\nstringData: { a: 1, b: null }\n'],
  ])('that %s is nobody’s secret', async (_what, fields) => {
    expect(await of(secret(fields))).toEqual([]);
  });

  test('whose base64 hides a variable is plain all the same: Flux does not look into base64', async () => {
    expect(await of(secret(`data:\n  script: ${base64(`curl -u web:h7Kp \${HOST}`)}\n`))).toHaveLength(1);
  });

  test('of another API group is something else', async () => {
    expect(await of(secret('spec:\n  encryptedData:\n    a: AgBx\n').replace('v1', 'bitnami.com/v1alpha1'))).toEqual(
      [],
    );
  });

  test('with a private key in base64 is an error at the line of the key', async () => {
    expect(await of(secret(`type: kubernetes.io/tls\ndata:\n  tls.key: ${base64(key)}\n`))).toEqual([
      'hygiene/plain-secret app/manifests.yaml:8:3 This Secret is not encrypted: everybody who can read the artifact can read "tls.key"',
      'hygiene/credential app/manifests.yaml:8:12 This file holds a private key in base64: everybody who can read the artifact can use it',
    ]);
  });

  test('with a private key behind other text in base64 is an error at the field', async () => {
    const chain = `subject=payments\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${key}`;
    expect(await of(secret(`data:\n  pem: ${base64(chain)}\n`))).toEqual([
      'hygiene/credential app/manifests.yaml:7:3 This Secret holds a private key: everybody who can read the artifact can use it',
      'hygiene/plain-secret app/manifests.yaml:7:3 This Secret is not encrypted: everybody who can read the artifact can read "pem"',
    ]);
  });

  test.each([
    ['auth', { auth: base64('ci:open sesame') }, 1],
    ['a password', { username: 'ci', password: 'open sesame' }, 1],
    ['a placeholder', { auth: base64('ci:<password>') }, 0],
    ['nothing', {}, 0],
  ])('that logs in to a registry with %s', async (_what, entry, errors) => {
    const config = JSON.stringify({ auths: { 'registry.example.com': entry } });
    const findings = await found('hygiene', secret(`data:\n  .dockerconfigjson: ${base64(config)}\n`));
    expect(findings.filter(({ rule }) => rule === 'hygiene/credential')).toHaveLength(errors);
    for (const finding of findings) expect(JSON.stringify(finding)).not.toContain('sesame');
  });

  test('may ignore both rules by annotation', async () => {
    const ignore = '  annotations:\n    slipway.dev/ignore: hygiene/plain-secret, hygiene/credential\n';
    expect(await of(secret(`data:\n  tls.key: ${base64(key)}\n`, ignore))).toEqual([]);
  });
});

describe('a credential in a file', () => {
  const map = (name: string, text: string, ignore = ''): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${ignore}data:\n  text: |\n    ${text.trim().replaceAll('\n', '\n    ')}\n`;
  const ignore = '  annotations:\n    slipway.dev/ignore: hygiene/credential\n';

  test('is found in any object, with its line and column, and is never shown', async () => {
    const findings = await found('hygiene', `${map('one', 'nothing')}---\n${map('two', key)}`);
    expect(shown(findings)).toEqual([
      'hygiene/credential app/manifests.yaml:15:5 This file holds a private key: everybody who can read the artifact can use it',
    ]);
    expect(JSON.stringify(findings)).not.toContain(random(20));
  });

  test('is found in comments, and in files that are no manifests', async () => {
    const files = {
      'web.yaml': map('web', 'x'),
      'ci.txt': key,
      'notes.yaml': `# ${key.replaceAll('\n', '\\n')}\na: 1\n`,
    };
    expect(await of(source(files))).toEqual([
      'hygiene/credential app/ci.txt:1:1 This file holds a private key: everybody who can read the artifact can use it',
      'hygiene/credential app/notes.yaml:1:3 This file holds a private key: everybody who can read the artifact can use it',
    ]);
  });

  test('is ignored in the object that says so, and only there', async () => {
    const one = map('one', key, ignore);
    const lines = one.split('\n').length - 1;
    expect(await of(`${one}---\n${map('two', key)}`)).toEqual([
      `hygiene/credential app/manifests.yaml:${lines + 8}:5 This file holds a private key: everybody who can read the artifact can use it`,
    ]);
  });
});

describe('a secretGenerator', () => {
  const generating = (literals: string): Example =>
    source({ 'kustomization.yaml': `secretGenerator:\n  - name: db\n    literals: [${literals}]\n` });

  test('with literals is a warning, which names their keys and never their values', async () => {
    expect(await of(generating('user=web, password=open sesame'))).toEqual([
      'hygiene/plain-secret app/kustomization.yaml:3:5 This secretGenerator has its values in the clear: everybody who can read the artifact can read "user", "password"',
    ]);
  });

  test('whose literals Flux fills in, or that has none, is fine', async () => {
    expect(await of(generating(`"password=\${DB_PASSWORD}", empty=`))).toEqual([]);
    expect(await of(generating(''))).toEqual([]);
  });
});

describe('a file', () => {
  const stray = async (path: string): Promise<readonly string[]> =>
    of(source({ 'web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n', [path]: 'a=1\n' }));

  test.each([
    ['.env', 'environment variables, often secret'],
    ['deploy/.env.production', 'environment variables, often secret'],
    ['infra/terraform.tfstate', 'state of Terraform, which holds secrets in the clear'],
    ['infra/prod.tfstate.backup', 'state of Terraform, which holds secrets in the clear'],
    ['terraform.tfvars', 'variables of Terraform, often secret'],
    ['.kube/config', 'a kubeconfig, which lets its reader into a cluster'],
    ['edge.kubeconfig', 'a kubeconfig, which lets its reader into a cluster'],
    ['.docker/config.json', 'a login to registries'],
    ['.npmrc', 'a login to registries'],
    ['keys/id_ed25519', 'a private key'],
    ['trust.p12', 'a private key'],
    ['web.yaml~', 'a copy that an editor left'],
    ['.web.yaml.swp', 'a copy that an editor left'],
    ['web.yaml.orig', 'a copy that an editor left'],
    ['.DS_Store', 'a file of the operating system'],
    ['a/Thumbs.db', 'a file of the operating system'],
  ])('"%s" is there by accident', async (path, what) => {
    expect(await of(source({ [path]: 'a=1\n' }))).toEqual([
      `hygiene/stray-file app/${path} "${path}" is ${what}, and is published`,
    ]);
  });

  test.each([
    'environment.env.yaml',
    '.env.example',
    'id_rsa.pub',
    'config',
    'notes.txt',
    'terraform.tf',
    'web.swp.yaml',
  ])('"%s" is there on purpose', async (path) => {
    expect((await stray(path)).filter((line) => line.includes('stray'))).toEqual([]);
  });

  test('of a folder that is there by accident is told about once', async () => {
    const files = {
      'a/node_modules/x/index.js': '',
      'a/node_modules/y/index.js': '',
      '.git/HEAD': '',
      '.git/config': '',
    };
    expect(await of(source(files))).toEqual([
      'hygiene/stray-file app/.git/HEAD ".git" is the history of a version control system, and is published',
      'hygiene/stray-file app/a/node_modules/x/index.js "a/node_modules" is installed packages, and is published',
    ]);
  });

  test('that is binary is a warning, unless it is a packed chart', async () => {
    expect(
      await of(source({ 'logo.ico': 'GIF\u0000', 'charts/web-1.0.0.tgz': '\u001f\u008b\u0000', 'a.txt': 'é' })),
    ).toEqual(['hygiene/binary app/logo.ico "logo.ico" is a binary file, which no manifest is']);
  });
});

describe('sizes', () => {
  const context: ObjectContext = { targets: NEWEST, tenants: [], catalog: openCatalog(NEWEST) };
  const fits = 1_048_576;

  function sized(kind: string, fields: Fields): readonly string[] {
    const breaches: string[] = [];
    const { objects } = objectsOf({ apiVersion: 'v1', kind, metadata: { name: 'web' }, ...fields });
    for (const { object } of objects) checkDataSize(object, context, ({ message }) => breaches.push(message));
    return breaches;
  }

  test.each<[what: string, kind: string, fields: Fields, finds: boolean]>([
    ['a ConfigMap that just fits', 'ConfigMap', { data: { a: 'x'.repeat(fits - 1), b: 'x' } }, false],
    ['one byte too many', 'ConfigMap', { data: { a: 'x'.repeat(fits), b: 'x' } }, true],
    ['bytes, not characters', 'ConfigMap', { data: { a: 'é'.repeat(fits / 2 + 1) } }, true],
    ['binary data that just fits', 'ConfigMap', { binaryData: { a: Buffer.alloc(fits).toString('base64') } }, false],
    ['binary data', 'ConfigMap', { data: { b: 'x' }, binaryData: { a: Buffer.alloc(fits).toString('base64') } }, true],
    ['a Secret that just fits', 'Secret', { data: { a: Buffer.alloc(fits).toString('base64') } }, false],
    ['a Secret', 'Secret', { data: { a: Buffer.alloc(fits + 1).toString('base64') } }, true],
    ['a Secret of two parts', 'Secret', { data: { a: 'eA==' }, stringData: { b: 'x'.repeat(fits) } }, true],
    ['a key whose stringData wins', 'Secret', { data: { b: 'eHg=' }, stringData: { b: 'x'.repeat(fits) } }, false],
  ])('of data: %s', (_what, kind, fields, finds) => {
    const message = `${kind} "web" is too large for the API server: 1 MiB`;
    expect(sized(kind, fields)).toEqual(finds ? [message] : []);
  });

  test('of other objects count their texts, which etcd has to hold, and no comments', async () => {
    const custom = (text: string): string =>
      `apiVersion: example.com/v1\nkind: Ledger\nmetadata:\n  name: web\nspec:\n  text: ${text}\n`;
    expect(await of(`${'# a comment\n'.repeat(80_000)}${custom('x')}`)).toEqual([]);
    expect(await of(custom('x'.repeat(1_600_000)))).toEqual([
      'hygiene/object-size app/manifests.yaml:1:1 Ledger "web" is too large for the API server: 1.53 MiB',
    ]);
  });
});
