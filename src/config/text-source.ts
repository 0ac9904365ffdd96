/** Keys, certificates and trust roots as the config and the flags name them: a file, or `env://NAME`. */
import { resolve } from 'node:path';
import type { TextSource } from './seal-settings.ts';
import type { Path } from './yaml.ts';

const ENV = 'env://';

/** What is wrong with a value, never the value itself. */
export interface Slip {
  readonly message: string;
  readonly hint: string;
  /** The value may be a secret. */
  readonly secret?: true;
}

/** PEM anywhere, PEM in base64, and the base64 within PEM: DER begins with a sequence, which makes the first letters `MA` to `MI`. */
const KEY_TEXT = /-----BEGIN|LS0tLS1CRUdJTi|^[\s"'`]*M[A-I][A-Za-z0-9+/=\s]{58,}["'`\s]*$/;

const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** Longer than any name that file systems take: a text, whatever it begins with. */
const LONGEST = 255;

/** Decoding passes over quotes and spaces, as those who paste do. */
const isKeyText = (written: string): boolean =>
  KEY_TEXT.test(written) || Buffer.from(written, 'base64').includes('-----BEGIN');

/** What a value is that is no name of anything. */
function textIn(written: string): string | undefined {
  if (isKeyText(written)) return 'the text of a key or certificate';
  if (CONTROL.test(written)) return 'a text with line breaks or control characters';
  return written.length > LONGEST ? `a text of more than ${LONGEST} characters` : undefined;
}

/** What is wrong with naming a text like this. The value may be a secret by mistake, and is not shown. */
export function sourceSlip(written: string): Slip | undefined {
  const what = textIn(written);
  if (what !== undefined) {
    const hint = 'name its file, or put it into a variable and write env://NAME';
    return { message: `${what} does not belong here`, hint, secret: true };
  }
  if (written.startsWith(ENV)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(written.slice(ENV.length))) return undefined;
    return { message: 'env:// is not followed by the name of a variable', hint: 'write env://NAME' };
  }
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(written)?.[1];
  if (scheme === undefined) return undefined;
  return {
    message: `scheme "${scheme}" is unknown here`,
    hint: 'name a file or env://NAME; a key in a KMS or HSM signs through sign.command',
  };
}

/** A text that {@link sourceSlip} has nothing against. Relative files start at the absolute folder `dir`. */
export function textSource(written: string, dir: string): TextSource {
  if (!written.startsWith(ENV)) return { kind: 'file', shown: written, path: resolve(dir, written) };
  return { kind: 'env', shown: written, variable: written.slice(ENV.length) };
}

const SOURCES: ReadonlySet<string> = new Set([
  'sign.key',
  'sign.publicKey',
  'sign.signingConfig',
  'sign.notation.key',
  'sign.notation.certificates',
  'verify.key',
  'verify.trustedRoot',
  'verify.notation.certificates',
  'gates.token',
]);

/** What gates are given: any name may stand there. */
const OF_GATE = 'gates.env.';

/**
 * Whether the config's value at this path names a text that is read when it is needed. Its `env://NAME` stays a reference:
 * it may hold a secret, and may be absent where nothing is signed.
 */
export function namesText(path: Path): boolean {
  const own = path[0] === 'channels' ? path.slice(2) : path;
  const key = own.filter((part) => typeof part === 'string').join('.');
  return SOURCES.has(key) || key.startsWith(OF_GATE);
}
