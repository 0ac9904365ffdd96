import { writeFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import { readPublicKey } from '../../src/seal/keys/public-key.ts';
import { readSigningKey } from '../../src/seal/keys/signing-key.ts';
import { commandContext } from '../cli/context.ts';

const PASSPHRASE = 'correct horse 7';
const WITH = { SLIPWAY_KEY_PASSWORD: PASSPHRASE };

async function keygen(
  argv: readonly string[],
  { env = WITH, files = {} }: { env?: Readonly<Record<string, string>>; files?: Readonly<Record<string, string>> } = {},
) {
  const context = await commandContext(files, { env });
  const code = await runProgram(['keygen', ...argv, '--verbose'], context, '0.0.0');
  const [out, err] = [context.stdout.text(), context.stderr.text()];
  // Whatever a run is asked for: neither the passphrase nor the key is in its outputs.
  expect(`${out}${err}`).not.toMatch(/correct horse|BEGIN|PRIVATE/);
  return { code, out, err: err.replace(/^SlipwayError[\s\S]*/m, ''), cwd: context.cwd };
}

const text = (cwd: string, name: string) => readFile(join(cwd, name), 'utf8');

test('a pair is made that signs with the passphrase and verifies, and what comes next is told', async () => {
  const { code, out, err, cwd } = await keygen([]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect((await readdir(cwd)).sort()).toEqual(['slipway.key', 'slipway.pub']);
  const [key, pub] = [await text(cwd, 'slipway.key'), await text(cwd, 'slipway.pub')];
  expect(key).toMatch(/^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n/);
  const signing = await readSigningKey(key, () => PASSPHRASE);
  expect(signing.algorithm).toBe('ecdsa-p256');
  const message = Buffer.from('message');
  expect(readPublicKey(pub).verify(message, await signing.sign(message))).toBe(true);
  expect(out).toBe(`made slipway.key (ecdsa-p256, encrypted) and slipway.pub

Sign what is published, in slipway.yaml; the passphrase comes from SLIPWAY_KEY_PASSWORD or COSIGN_PASSWORD:
  sign: { key: slipway.key }
or in CI, with the text of slipway.key in a secret variable:
  sign: { key: env://SLIPWAY_KEY }

Let Flux refuse everything else, in the namespace of the source:
  kubectl -n flux-system create secret generic slipway-keys --from-file=slipway.pub=slipway.pub
and in its OCIRepository:
  spec:
    verify:
      provider: cosign
      secretRef:
        name: slipway-keys
`);
});

test('JSON tells where the pair is; COSIGN_PASSWORD is the passphrase where the other is empty', async () => {
  const { code, out, cwd } = await keygen(['--type', 'ed25519', '--out', 'keys/prod', '--output', 'json'], {
    env: { SLIPWAY_KEY_PASSWORD: '', COSIGN_PASSWORD: PASSPHRASE },
  });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    schema: 1,
    type: 'ed25519',
    privateKey: join(cwd, 'keys/prod.key'),
    publicKey: join(cwd, 'keys/prod.pub'),
    encrypted: true,
  });
  expect((await readdir(join(cwd, 'keys'))).sort()).toEqual(['prod.key', 'prod.pub']);
  expect((await readSigningKey(await text(cwd, 'keys/prod.key'), () => PASSPHRASE)).algorithm).toBe('ed25519');
  // Windows has no such modes.
  const { mode } = await stat(join(cwd, 'keys/prod.key'));
  if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
});

test('without a passphrase there is only a key for whoever asks for that', async () => {
  for (const env of [{}, { SLIPWAY_KEY_PASSWORD: '', COSIGN_PASSWORD: '' }]) {
    expect(await keygen([], { env })).toMatchObject({
      code: 2,
      out: '',
      err: 'error[USAGE]: Cannot make a key: there is no passphrase to protect it with\nhint: set SLIPWAY_KEY_PASSWORD, or give --no-passphrase where the key is kept in a safe place\n',
    });
  }
  const { code, out, cwd } = await keygen(['--no-passphrase', '--out', "it's mine"], { env: {} });
  expect(code).toBe(0);
  expect(out).toMatch(
    /^made it's mine\.key \(ecdsa-p256, without passphrase\) and it's mine\.pub\n\nSign .* slipway\.yaml:\n/,
  );
  // Quoted for YAML and for the shell.
  expect(out).toContain('  sign: { key: "it\'s mine.key" }\n');
  expect(out).toContain("--from-file=slipway.pub='it'\\''s mine.pub'\n");
  expect((await readSigningKey(await text(cwd, "it's mine.key"), () => undefined)).algorithm).toBe('ecdsa-p256');
});

test('a passphrase that would not be used is refused', async () => {
  const { code, err, cwd } = await keygen(['--no-passphrase']);
  expect({ code, err }).toEqual({
    code: 2,
    err: 'error[USAGE]: Cannot use --no-passphrase: SLIPWAY_KEY_PASSWORD holds one\nhint: leave --no-passphrase out, or unset the variable\n',
  });
  expect(await readdir(cwd)).toEqual([]);
});

test.each(['slipway.key', 'slipway.pub'])('%s is never overwritten, and its other half not made', async (taken) => {
  const { code, out, err, cwd } = await keygen([], { files: { [taken]: 'mine' } });
  expect({ code, out, err }).toEqual({
    code: 2,
    out: '',
    err: `error[USAGE]: Cannot write "${taken}": it is there already\nhint: choose another --out; a lost private key cannot be made again\n`,
  });
  expect(await readdir(cwd)).toEqual([taken]);
  expect(await text(cwd, taken)).toBe('mine');
});

test.each(['slipway.key', 'slipway.pub'])(
  '%s that appears in the meantime is kept, and no half is left',
  async (taken) => {
    const context = await commandContext();
    let reads = 0;
    const env = {
      // Once to see that there is a passphrase, and again when the files were looked for and the key is made.
      get SLIPWAY_KEY_PASSWORD() {
        reads += 1;
        if (reads === 2) writeFileSync(join(context.cwd, taken), 'mine');
        return PASSPHRASE;
      },
    };
    expect(await runProgram(['keygen'], { ...context, env }, '0.0.0')).toBe(2);
    expect(context.stderr.text()).toContain(`Cannot write "${taken}": it is there already`);
    expect(await readdir(context.cwd)).toEqual([taken]);
    expect(await text(context.cwd, taken)).toBe('mine');
  },
);

test.each(['a/b/prod', ...(process.platform === 'linux' ? ['/proc/slipway/prod'] : [])])(
  'a folder is made for %s only where its parent is',
  async (out) => {
    const { code, err, cwd } = await keygen(['--out', out]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `error[USAGE]: Cannot write "${out}.key" and "${out}.pub": their folder cannot be made\nhint: make the folder first, or choose another --out\n`,
    });
    expect(await readdir(cwd)).toEqual([]);
  },
);

test.each([
  [
    ['--out', 'file/prod'],
    /^error\[USAGE\]: Cannot write "file\/prod\.key" and "file\/prod\.pub": E[A-Z]+\nhint: choose another --out\n$/,
  ],
  [
    ['--out', 'cosign.key'],
    /^error\[USAGE\]: Cannot write to "cosign\.key": two files begin with this name\nhint: write it without an ending: --out keys\/prod makes keys\/prod\.key and keys\/prod\.pub\n$/,
  ],
  [['--out', 'keys/'], /^error\[USAGE\]: Cannot write to "keys\/": two files begin with this name\n/],
  [
    ['--type', 'ecdsa-p521'],
    /^error\[USAGE\]: Cannot use --type "ecdsa-p521": known are "ecdsa-p256", .*\nhint: did you mean/,
  ],
])('%j is refused', async (argv, message) => {
  const { code, out, err, cwd } = await keygen(argv, { files: { file: '' } });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
  expect(await readdir(cwd)).toEqual(['file']);
});
