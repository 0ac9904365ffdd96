/** `sign:` and `verify:` as written → what is wrong with them, and the settings. */
import type { SignFile, VerifyFile } from './file.ts';
import type { Problem } from './problem.ts';
import type { MatchSettings, SignerSettings, SignSettings, VerifySettings } from './seal-settings.ts';
import { sourceSlip, textSource } from './text-source.ts';
import type { Path } from './yaml.ts';

type Sources = readonly (readonly [path: Path, written: string | undefined])[];

const atKey = (path: Path, message: string, hint: string): Problem => ({ path, part: 'key', message, hint });

const sourceProblems = (sources: Sources): readonly Problem[] =>
  sources.flatMap(([path, written]) => {
    const slip = written === undefined ? undefined : sourceSlip(written);
    return slip === undefined ? [] : [{ path, part: 'value' as const, ...slip }];
  });

/** The second of two keys that say different things, if both are there. */
function both(written: object, keys: readonly string[], hint: string): readonly Problem[] {
  const [first, second] = keys.filter((key) => Object.hasOwn(written, key));
  return second === undefined ? [] : [atKey([second], `"${second}" cannot stand beside "${first}"`, hint)];
}

/** A key that is of no use without another one. */
function needs(written: object, key: string, other: string, hint: string): readonly Problem[] {
  if (!Object.hasOwn(written, key) || Object.hasOwn(written, other)) return [];
  return [atKey([key], `"${key}" needs "${other}" beside it`, hint)];
}

const SIGNERS: readonly string[] = ['key', 'keyless', 'command'];

/** What is wrong with `sign:` that fits the schema; paths begin there. */
export function signProblems(sign: SignFile): readonly Problem[] {
  const signs = SIGNERS.some((key) => Object.hasOwn(sign, key));
  const nobody =
    signs || sign.notation !== undefined || sign.publicKey !== undefined || sign.signingConfig !== undefined
      ? []
      : [atKey([], 'nothing says who signs', 'add key: FILE, keyless: true, or command with publicKey')];
  const legacy =
    signs || !sign.legacy
      ? []
      : [
          atKey(
            ['legacy'],
            '"legacy" needs a signer beside it',
            'add key: FILE, keyless: true, or command with publicKey',
          ),
        ];
  return [
    ...nobody,
    ...both(sign, SIGNERS, 'keep one of them'),
    ...needs(sign, 'command', 'publicKey', 'add publicKey: FILE, with which every signature is checked'),
    ...needs(sign, 'publicKey', 'command', 'remove it: only a command does not know its public half'),
    ...needs(sign, 'signingConfig', 'keyless', 'remove it, or sign with keyless: true'),
    ...legacy,
    ...sourceProblems([
      [['key'], sign.key],
      [['publicKey'], sign.publicKey],
      [['signingConfig'], sign.signingConfig],
      [['notation', 'key'], sign.notation?.key],
      [['notation', 'certificates'], sign.notation?.certificates],
    ]),
  ];
}

const IDENTITY: readonly string[] = ['identity', 'identityPattern'];
const ISSUER: readonly string[] = ['issuer', 'issuerPattern'];

/** What is wrong with `verify:` that fits the schema; paths begin there. */
export function verifyProblems(verify: VerifyFile): readonly Problem[] {
  const has = (keys: readonly string[]): string | undefined => keys.find((key) => Object.hasOwn(verify, key));
  const [key, identity, issuer] = [has(['key']), has(IDENTITY), has(ISSUER)];
  const problems: Problem[] = [
    ...both(verify, IDENTITY, 'keep one of them'),
    ...both(verify, ISSUER, 'keep one of them'),
  ];
  const named = identity ?? issuer;
  if (key !== undefined && named !== undefined) problems.push(...both(verify, ['key', named], 'keep one of them'));
  else if (identity !== undefined && issuer === undefined) {
    const hint = 'add who vouches for it, such as issuer: https://token.actions.githubusercontent.com';
    problems.push(...needs(verify, identity, 'issuer', hint));
  } else if (issuer !== undefined && identity === undefined) {
    problems.push(...needs(verify, issuer, 'identity', 'add whom the issuer has to vouch for'));
  } else if (key === undefined && identity === undefined && verify.notation === undefined) {
    problems.push(atKey([], 'nothing says whose signatures count', 'add key: FILE, or identity and issuer'));
  }
  const keys = keysOf(verify.key);
  const ofKeys = keys.map(
    (written, index) => [typeof verify.key === 'string' ? ['key'] : ['key', index], written] as const,
  );
  return [
    ...problems,
    ...sourceProblems([
      ...ofKeys,
      [['trustedRoot'], verify.trustedRoot],
      [['notation', 'certificates'], verify.notation?.certificates],
    ]),
  ];
}

const keysOf = (key: string | readonly string[] | undefined): readonly string[] =>
  key === undefined ? [] : typeof key === 'string' ? [key] : key;

function signerOf(
  { key, keyless, signingConfig, command, publicKey }: SignFile,
  dir: string,
): SignerSettings | undefined {
  if (key !== undefined) return { kind: 'key', key: textSource(key, dir) };
  if (keyless) {
    return { kind: 'keyless', ...(signingConfig !== undefined && { signingConfig: textSource(signingConfig, dir) }) };
  }
  if (command === undefined || publicKey === undefined) return undefined;
  return { kind: 'command', run: command, publicKey: textSource(publicKey, dir) };
}

/** The settings of a `sign:` without problems. Files start from the absolute folder `dir`. */
export function signSettings(sign: SignFile, dir: string): SignSettings {
  const signer = signerOf(sign, dir);
  const { legacy = false, notation } = sign;
  return {
    ...(signer !== undefined && { signer }),
    legacy,
    ...(notation !== undefined && {
      notation: { key: textSource(notation.key, dir), certificates: textSource(notation.certificates, dir) },
    }),
  };
}

function matchOf(exactly: string | undefined, matching: string | undefined): MatchSettings | undefined {
  if (exactly !== undefined) return { exactly };
  return matching === undefined ? undefined : { matching };
}

/** What `verify:` and the flags for it have in common: one of each pair, and `key`. */
export function verifierOf(
  verify: Omit<VerifyFile, 'notation' | 'trustedRoot'>,
  dir: string,
): VerifySettings['signer'] {
  const keys = keysOf(verify.key);
  if (keys.length > 0) return { kind: 'key', keys: keys.map((key) => textSource(key, dir)) };
  const identity = matchOf(verify.identity, verify.identityPattern);
  const issuer = matchOf(verify.issuer, verify.issuerPattern);
  return identity === undefined || issuer === undefined ? undefined : { kind: 'identity', identity, issuer };
}

/** The settings of a `verify:` without problems. Files start from the absolute folder `dir`. */
export function verifySettings(verify: VerifyFile, dir: string): VerifySettings {
  const signer = verifierOf(verify, dir);
  const { notation, trustedRoot } = verify;
  return {
    ...(signer !== undefined && { signer }),
    ...(notation !== undefined && {
      notation: {
        certificates: textSource(notation.certificates, dir),
        ...(notation.identities !== undefined && { identities: notation.identities }),
      },
    }),
    ...(trustedRoot !== undefined && { trustedRoot: textSource(trustedRoot, dir) }),
  };
}
