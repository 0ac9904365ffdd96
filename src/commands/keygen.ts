import { randomBytes } from 'node:crypto';
import { link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Environment } from '../config/environment.ts';
import { SlipwayError } from '../errors.ts';
import { plain } from '../report/plain.ts';
import { generateKeyPair, type KeyKind, type KeyPair } from '../seal/keys/generate.ts';
import type { CommandContext, CommonOptions } from './context.ts';

/** What `slipway keygen` can be told. */
export interface KeygenOptions extends CommonOptions {
  /** Prefix of both files. Default: `slipway`. */
  readonly out?: string | undefined;
  /** Default: `ecdsa-p256`. */
  readonly type?: string | undefined;
  readonly noPassphrase?: boolean | undefined;
}

/** The two files of a pair: absolute, and as the user calls them. */
interface Files {
  readonly paths: readonly [privateKey: string, publicKey: string];
  readonly shown: readonly [privateKey: string, publicKey: string];
}

const KINDS: readonly KeyKind[] = ['ecdsa-p256', 'ecdsa-p384', 'rsa-3072', 'rsa-4096', 'ed25519'];

const usage = (message: string, hint: string, cause?: unknown): SlipwayError =>
  new SlipwayError('USAGE', message, { hint, ...(cause !== undefined && { cause }) });

function kindOf(type: string): KeyKind {
  const kind = KINDS.find((known) => known === type);
  if (kind !== undefined) return kind;
  throw usage(`Cannot make a key of type "${type}": it is unknown`, `use ${KINDS.join(', ')}`);
}

/** Kept in a closure, so that nothing that is printed can hold it. Throws `USAGE` for none, unless that is wanted. */
function passphraseOf(env: Environment, without: boolean): () => string {
  const name = ['SLIPWAY_KEY_PASSWORD', 'COSIGN_PASSWORD'].find((variable) => (env[variable] ?? '') !== '');
  if (name !== undefined && without)
    throw usage(`Cannot use --no-passphrase: ${name} holds one`, 'leave --no-passphrase out, or unset the variable');
  if (name === undefined && !without) {
    throw usage(
      'Cannot make a key: there is no passphrase to protect it with',
      'set SLIPWAY_KEY_PASSWORD, or give --no-passphrase where the key is kept in a safe place',
    );
  }
  return () => (name === undefined ? '' : (env[name] ?? ''));
}

function filesOf(prefix: string, cwd: string): Files {
  if (/(?:^|[\\/])$|\.(?:key|pub)$/.test(prefix)) {
    throw usage(
      `Cannot write to "${prefix}": two files begin with this name`,
      'write it without an ending: --out keys/prod makes keys/prod.key and keys/prod.pub',
    );
  }
  const path = resolve(cwd, prefix);
  return { paths: [`${path}.key`, `${path}.pub`], shown: [`${prefix}.key`, `${prefix}.pub`] };
}

const taken = (shown: string): SlipwayError =>
  usage(
    `Cannot write "${shown}": it is there already`,
    'choose another --out; a lost private key cannot be made again',
  );

const unwritable = ({ shown }: Files, cause: unknown): SlipwayError => {
  const { code = 'it failed' } = cause as NodeJS.ErrnoException;
  return usage(`Cannot write "${shown[0]}" and "${shown[1]}": ${code}`, 'choose another --out', cause);
};

/** Says what is in the way before a key is made, which takes its time. */
async function prepare(files: Files): Promise<void> {
  const { paths, shown } = files;
  for (const [index, path] of paths.entries()) {
    const there = await stat(path).catch(() => undefined);
    if (there !== undefined) throw taken(shown[index] ?? path);
  }
  await makeFolder(dirname(paths[0]), files);
}

/** One level only: a deeper one is a slip of the pen, and some systems' own folders keep Node.js trying for ever. */
async function makeFolder(folder: string, files: Files): Promise<void> {
  await mkdir(folder).catch(async (cause: NodeJS.ErrnoException) => {
    const there = await stat(folder).catch(() => undefined);
    if (there?.isDirectory()) return;
    if (cause.code !== 'ENOENT') throw unwritable(files, cause);
    const state = `Cannot write "${files.shown[0]}" and "${files.shown[1]}": their folder cannot be made`;
    throw usage(state, 'make the folder first, or choose another --out', cause);
  });
}

/** A link never replaces what is there. */
async function place(aside: string, path: string, shown: string): Promise<void> {
  await link(aside, path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? taken(shown) : cause;
  });
}

/** Written aside first, so that both files come to be, or none. */
async function writePair(pair: KeyPair, files: Files): Promise<void> {
  const { paths, shown } = files;
  const [key, pub] = paths;
  const aside = `${key}.${randomBytes(6).toString('hex')}`;
  const asides = [`${aside}.private`, `${aside}.public`] as const;
  try {
    await writeFile(asides[0], pair.privateKey(), { flag: 'wx', mode: 0o600 });
    await writeFile(asides[1], pair.publicKey, { flag: 'wx' });
    await place(asides[0], key, shown[0]);
    await place(asides[1], pub, shown[1]).catch(async (thrown) => {
      await rm(key, { force: true });
      throw thrown;
    });
  } catch (cause) {
    throw cause instanceof SlipwayError ? cause : unwritable(files, cause);
  } finally {
    await Promise.all(asides.map((file) => rm(file, { force: true })));
  }
}

/** As a word of a shell. */
const word = (text: string): string => (/^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** As a value of YAML. */
const value = (text: string): string => (/^[\w./-]+$/.test(text) ? text : JSON.stringify(text));

function nextSteps([key, pub]: Files['shown'], encrypted: boolean): string {
  const passphrase = encrypted ? '; the passphrase comes from SLIPWAY_KEY_PASSWORD or COSIGN_PASSWORD' : '';
  return `
Sign what is published, in slipway.yaml${passphrase}:
  sign: { key: ${value(key)} }
or in CI, with the text of ${plain(key)} in a secret variable:
  sign: { key: env://SLIPWAY_KEY }

Let Flux refuse everything else, in the namespace of the source:
  kubectl -n flux-system create secret generic slipway-keys --from-file=slipway.pub=${word(pub)}
and in its OCIRepository:
  spec:
    verify:
      provider: cosign
      secretRef:
        name: slipway-keys
`;
}

/**
 * `slipway keygen`: writes `PREFIX.key` and `PREFIX.pub`, both or none, and prints what to do with them. Throws `USAGE` for
 * files that are there, a folder that cannot be written to, and a missing passphrase.
 */
export async function run(context: CommandContext, options: KeygenOptions): Promise<number> {
  const { cwd, env, stdout } = context;
  const { out = 'slipway', type = 'ecdsa-p256', noPassphrase = false, output } = options;
  const kind = kindOf(type);
  const passphrase = passphraseOf(env, noPassphrase);
  const files = filesOf(out, cwd);
  await prepare(files);
  await writePair(await generateKeyPair({ type: kind, passphrase }), files);
  const [privateKey, publicKey] = files.paths;
  const encrypted = !noPassphrase;
  const answer = { schema: 1, type: kind, privateKey, publicKey, encrypted };
  const text = `made ${plain(files.shown[0])} (${kind}, ${encrypted ? 'encrypted' : 'without passphrase'}) and ${plain(files.shown[1])}\n`;
  stdout.write(
    output === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : `${text}${nextSteps(files.shown, encrypted)}`,
  );
  return 0;
}
