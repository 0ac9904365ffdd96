/** Private keys from files: cosign's, PKCS #8, SEC 1 and PKCS #1. Nothing of them gets into a message. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import { COSIGN_KEY_LABELS, openCosignKey } from './cosign-key.ts';
import { type PemBlock, pemBlocks } from './pem.ts';

/** Asked for the passphrase only when a key is encrypted. Undefined: none is set, and the empty one is tried. */
export type Passphrase = () => string | undefined | Promise<string | undefined>;

const READABLE: readonly string[] = ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY'];

/** What is wrong and what to do about it. */
interface Trouble {
  readonly state: string;
  readonly hint: string;
}

const trouble = (state: string, hint: string): Trouble => ({ state, hint });

const DAMAGED: Trouble = trouble('its PEM block cannot be decoded', 'copy the file again, it is damaged');
const NEW_KEY = 'make a key with: slipway keygen';

/**
 * Reads the one private key of a PEM text: cosign's encrypted form, PKCS #8 plain and encrypted, `EC PRIVATE KEY` and
 * `RSA PRIVATE KEY`; other blocks beside it (EC PARAMETERS, certificates) do not count. `shown` is what messages call it:
 * the path or `env://NAME` as the user wrote it. Throws `CONFIG`, without a cause, because a cause could quote the key.
 */
export async function readPrivateKey(text: string, passphrase: Passphrase, shown: string): Promise<KeyObject> {
  const read = await readText(text, passphrase);
  if (!('state' in read)) return read;
  throw new SlipwayError('CONFIG', `Cannot read the signing key "${shown}": ${read.state}`, { hint: read.hint });
}

async function readText(text: string, passphrase: Passphrase): Promise<KeyObject | Trouble> {
  const blocks = pemBlocks(text);
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const [block] = keys;
  if (block === undefined) return whatElse(text, blocks);
  if (keys.length > 1) return trouble('it holds several private keys', 'keep one private key in a file');
  return COSIGN_KEY_LABELS.includes(block.label) ? fromCosign(block, passphrase) : fromPem(block, passphrase);
}

async function fromPem(block: PemBlock, passphrase: Passphrase): Promise<KeyObject | Trouble> {
  if (!READABLE.includes(block.label)) {
    return trouble(`keys of the form "${block.label}" are not supported`, `convert it to PKCS #8, or ${NEW_KEY}`);
  }
  // The second is how OpenSSL encrypted before PKCS #8.
  const encrypted = block.label.startsWith('ENCRYPTED') || /^Proc-Type:.*ENCRYPTED/m.test(block.body);
  const phrase = encrypted ? await passphrase() : undefined;
  try {
    return createPrivateKey({ key: block.text, ...(encrypted ? { passphrase: phrase ?? '' } : {}) });
  } catch {
    return encrypted ? wrongPassphrase(phrase) : DAMAGED;
  }
}

async function fromCosign({ body }: PemBlock, passphrase: Passphrase): Promise<KeyObject | Trouble> {
  const phrase = await passphrase();
  const opened = await openCosignKey(body, phrase ?? '');
  if (opened === 'malformed') return DAMAGED;
  if (opened === 'unsupported') return trouble('it is encrypted in a way that cosign does not read either', NEW_KEY);
  if (opened === 'closed') return wrongPassphrase(phrase);
  try {
    return createPrivateKey({ key: Buffer.from(opened), format: 'der', type: 'pkcs8' });
  } catch {
    return trouble('what is encrypted in it is no PKCS #8 key', NEW_KEY);
  }
}

function wrongPassphrase(phrase: string | undefined): Trouble {
  const state =
    phrase === undefined
      ? 'it is encrypted and no passphrase is set'
      : 'the passphrase is wrong, or the file is damaged';
  return trouble(state, 'set SLIPWAY_KEY_PASSWORD or COSIGN_PASSWORD to the passphrase that the key was made with');
}

/** What a text without a private key is instead. */
function whatElse(text: string, [first]: readonly PemBlock[]): Trouble {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) {
    return trouble(
      'its line breaks or its end are lost',
      'keep the line breaks of the file, also in a variable of the CI',
    );
  }
  if (first?.label.endsWith('PUBLIC KEY')) {
    return trouble('it is a public key', 'name the private half, usually cosign.key');
  }
  if (first?.label === 'CERTIFICATE') {
    return trouble('it is a certificate', 'name the private key that belongs to it');
  }
  const state = first === undefined ? 'it is not PEM' : `it holds "${first.label}" and no private key`;
  return trouble(state, 'name a file that begins with -----BEGIN and ends with PRIVATE KEY-----');
}
