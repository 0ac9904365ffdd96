/** Finds credentials in texts by their form: prefixes, lengths and, where there are any, checksums. */
import { crc32 } from 'node:zlib';
import { isEncryptedOpenSsh } from './openssh.ts';
import { isDrawnByChance, isExample, looksRandom } from './randomness.ts';

/** A credential in a text. The text itself goes nowhere. */
export interface Credential {
  /** What it is: `a private key`. */
  readonly what: string;
  /** Nothing else has this form. */
  readonly certain: boolean;
  /** Offset in the text. */
  readonly at: number;
}

interface Form {
  readonly what: string;
  readonly certain: boolean;
  /** The first group, or all of it, is the secret. */
  readonly pattern: RegExp;
  /** Which texts it can be in. */
  readonly within?: (text: string) => boolean;
  readonly accept?: (secret: string, match: RegExpMatchArray) => boolean;
}

/**
 * What all credentials have in them. Two short passes find out that most texts have none: one that tries everything at
 * each character takes five times as long.
 */
const ANCHORS: readonly RegExp[] = [
  /[_~](?<=gh[pousr]_|hf_|_pat_|k_live_|npm_|_v1_|Q~)|:\/\/[^\s/@:]*:[^\s/@]*@|-(?<=xox[abeoprs]-|gl[a-z]{2,5}-|sk-ant-|pypi-|AGE-)/,
  /PRIVATE KEY|auths\\*"|LS0tLS1CRUdJTi|AKIA|ASIA|AccountKey=|SharedAccessKey=|AIza|SG\.|T3BlbkFJ|eyJ|hvs\.|kind"?: *["']?Config\b|hooks\.slack/,
];

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The last six characters of such a token are the CRC-32 of the others behind the prefix, in base 62. */
function hasChecksum(token: string): boolean {
  const random = token.slice(token.indexOf('_') + 1, -6);
  let rest = crc32(random);
  let sum = '';
  for (let index = 0; index < 6; index++) {
    sum = DIGITS.charAt(rest % 62) + sum;
    rest = Math.floor(rest / 62);
  }
  return token.endsWith(sum);
}

/** A private key in PEM form, also as base64: with a body, and without a passphrase. */
function isPrivateKey(pem: string): boolean {
  const [, kind = '', body = ''] = /-----BEGIN ((?:[A-Z]+ )?)PRIVATE KEY-----([^-]*)/.exec(pem) ?? [];
  // In quotes of quotes a line's end is written with several backslashes.
  const code = body.replace(/\\+[nr]?|[\s"',]/g, '');
  if (kind === 'ENCRYPTED ' || !/^[\w/+=]{48,}$/.test(code)) return false;
  // No word counts against it: numbers and lengths in it are long rows of one letter.
  return isDrawnByChance(code) && !isEncryptedOpenSsh(code);
}

const base64 = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** Whether a text is a user and a password, and no example of them. */
export function isLogin(text: string): boolean {
  const [, password = ''] = /^[^:\s]*:(.+)$/s.exec(text) ?? [];
  return password.length >= 8 && !/[$<{]|example|changeme|password/i.test(password);
}

/** The key that every storage emulator has. */
const EMULATOR = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const CERTAIN: readonly Omit<Form, 'certain'>[] = [
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[^-]{48,8000}/g,
    accept: isPrivateKey,
  },
  {
    what: 'a private key in base64',
    pattern: /LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,}(?:\s+[A-Za-z0-9+/]{40,})*/g,
    accept: (text) => isPrivateKey(base64(text)),
  },
  { what: 'an age key, which opens what SOPS encrypted', pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/g },
  {
    what: 'an AWS access key with its secret',
    pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b[\s\S]{1,200}?(?<![A-Za-z0-9+/=])([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/g,
    accept: (secret, [all]) => looksRandom(secret) && !/^[0-9a-f]+$/.test(secret) && looksRandom(all.slice(0, 20)),
  },
  { what: 'a GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36}\b/g, accept: hasChecksum },
  { what: 'a GitHub token', pattern: /\bgithub_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b/g },
  {
    what: 'a GitLab token',
    pattern: /\bgl(?:pat|dt|rt|cbt|ptt|oas|ft|imt|agent|soat)-([\w-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?![\w-])/g,
  },
  { what: 'a Slack token', pattern: /\bxox[abeoprs]-((?:\d{10,13}-){1,3}[A-Za-z0-9-]{24,})/g },
  {
    what: 'a Slack webhook',
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/([A-Za-z0-9]{24})\b/g,
  },
  {
    what: 'an Azure storage key',
    pattern: /\bAccountKey=([A-Za-z0-9+/]{86}==)/g,
    accept: (key) => key !== EMULATOR && looksRandom(key),
  },
  { what: 'an Azure access key', pattern: /\bSharedAccessKey=([A-Za-z0-9+/]{43}=)/g },
  { what: 'an Azure client secret', pattern: /(?<![\w~.-])([\w~.]{3}\dQ~[\w~.-]{31,34})(?![\w~.-])/g },
  { what: 'a Stripe key', pattern: /\b[rs]k_live_([A-Za-z0-9]{24,})\b/g },
  { what: 'an npm token', pattern: /\bnpm_([A-Za-z0-9]{36})\b/g },
  { what: 'a Hugging Face token', pattern: /\bhf_([A-Za-z]{34})\b/g },
  { what: 'a PyPI token', pattern: /\bpypi-AgE([\w-]{50,})/g },
  { what: 'a Docker Hub token', pattern: /\bdckr_pat_([\w-]{27})(?![\w-])/g },
  { what: 'a Vault token', pattern: /\bhvs\.([\w-]{90,})/g },
  { what: 'a SendGrid key', pattern: /\bSG\.([\w-]{22}\.[\w-]{43})(?![\w-])/g },
  { what: 'an OpenAI key', pattern: /\bsk-([\w-]{20,100}T3BlbkFJ[\w-]{20,100})/g },
  { what: 'an Anthropic key', pattern: /\bsk-ant-[a-z]{2,10}\d\d-([\w-]{80,})/g },
  { what: 'a DigitalOcean token', pattern: /\bdo[opr]_v1_([0-9a-f]{64})\b/g },
  {
    what: 'a registry login',
    within: (text) => /\bauths\\*"/.test(text),
    pattern: /"auth\\*"\s*:\s*\\*"([A-Za-z0-9+/]{12,2000}={0,2})\\*"/g,
    accept: (auth) => isLogin(base64(auth)),
  },
  {
    what: 'a login in a kubeconfig',
    within: (text) => /"?kind"?: *["']?Config\b/.test(text) && /"?(?:current-context|clusters)"?:/.test(text),
    pattern: /^[ \t-]*"?(?:token|password)"?: *["']?([\w.+/=-]{16,})/gm,
  },
];

const POSSIBLE: readonly Omit<Form, 'certain'>[] = [
  { what: 'the id of an AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  { what: 'a Google API key', pattern: /\bAIza([\w-]{35})(?![\w-])/g },
  { what: 'a signed token (JWT)', pattern: /\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.([\w-]{20,})/g },
  {
    what: 'a password in a URL',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>${}]*:([^\s/:@"'<>]{6,})@[\w.[-]/gi,
    accept: (password) => /\d/.test(password) && !/[$<{}%*]|pass|secret/i.test(password) && !isExample(password),
  },
];

const FORMS: readonly Form[] = [
  ...CERTAIN.map((form) => ({ ...form, certain: true })),
  ...POSSIBLE.map((form) => ({ ...form, certain: false })),
];

/** Whether a text may hold a credential; a cheap question that most texts answer with no. */
export function mayHoldCredential(text: string): boolean {
  return ANCHORS.some((anchor) => anchor.test(text));
}

/** The credentials in a text, in its order. Of two that overlap the surer one counts. */
export function credentialsIn(text: string): readonly Credential[] {
  const found = FORMS.flatMap((form, rank) => [...matchesOf(form, text)].map((match) => ({ ...match, rank })));
  found.sort((one, other) => one.at - other.at || one.rank - other.rank);
  const kept: typeof found = [];
  for (const next of found) {
    const last = kept.at(-1);
    if (last === undefined || next.at >= last.end) kept.push(next);
    else if (next.rank < last.rank) kept[kept.length - 1] = next;
  }
  return kept.map(({ what, certain, at }) => ({ what, certain, at }));
}

function* matchesOf(form: Form, text: string): Generator<Credential & { readonly end: number }> {
  const { what, certain, pattern, within, accept = looksRandom } = form;
  if (within?.(text) === false) return;
  for (const match of text.matchAll(pattern)) {
    const [all, secret = all] = match;
    if (accept(secret, match)) yield { what, certain, at: match.index, end: match.index + all.length };
  }
}
