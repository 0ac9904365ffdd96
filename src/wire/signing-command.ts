/** Asks a program of the user's for a signature: the way to any KMS or HSM. */
import { SlipwayError } from '../errors.ts';
import { exec, minimalEnv } from './exec.ts';

/** Which program to ask, and how. */
export interface SigningCommand {
  /** Program and arguments, as configured. */
  readonly command: readonly string[];
  /** Absolute folder to run in. */
  readonly cwd: string;
  /** The whole environment of the program: with the credentials of the signing service, without those of stores. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** No signature has more than 1 KiB; the rest is for what programs say besides. */
const MAX_OUTPUT_BYTES = 64 * 1_024;
/** How much of a program's complaint a message repeats, in characters. */
const MAX_COMPLAINT = 300;
/** Shorter values are no secrets, and hiding every "1" would hide the sense too. */
const MIN_SECRET = 4;

/**
 * A function that has SHA-256 digests (32 bytes) signed. The program gets the digest as 64 lower-case hexadecimal digits and a
 * line break on standard input, and prints the signature in base64 (standard or URL alphabet; white space does not count)
 * on standard output. Exit codes other than 0, and no end in time, throw `NETWORK`; output that is not base64 throws
 * `CONFIG`, a missing program `TOOL_MISSING`, abort `INTERRUPTED`.
 */
export function signingCommand(options: SigningCommand): (digest: Uint8Array) => Promise<Uint8Array> {
  const { command, cwd, env, timeoutSeconds, signal } = options;
  const [program = ''] = command;
  return async (digest) => {
    const { stdout, stderr, exitCode } = await exec(command, {
      ...{ cwd, env, timeoutSeconds, signal, maxOutputBytes: MAX_OUTPUT_BYTES, code: 'NETWORK' },
      stdin: Buffer.from(`${Buffer.from(digest).toString('hex')}\n`),
      missingHint: `install "${program}" and put it on PATH, or correct \`sign.command\``,
    });
    if (exitCode !== 0) throw failed(program, exitCode, complaintOf(stderr, env));
    return signatureOf(stdout, program);
  };
}

function failed(program: string, exitCode: number, complaint: string): SlipwayError {
  const words = complaint === '' ? '' : `: ${complaint}`;
  return new SlipwayError('NETWORK', `The signing command "${program}" ended with exit code ${exitCode}${words}`, {
    hint: 'run it by hand with a digest on standard input; it may lack credentials for the signing service',
  });
}

/** What it printed must be base64 and nothing else; the output itself is not shown, it could be anything. */
function signatureOf(stdout: Uint8Array, program: string): Uint8Array {
  const text = Buffer.from(stdout).toString('latin1').replace(/\s+/g, '');
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  const state = text === '' ? 'it printed nothing' : 'what it printed is not base64';
  throw new SlipwayError('CONFIG', `Cannot use the answer of the signing command "${program}": ${state}`, {
    hint: 'have it print the signature in base64 on standard output, and everything else on standard error',
  });
}

/** The last line of what the program said, without control characters and without the values it was given in confidence. */
function complaintOf(stderr: Uint8Array, env: Readonly<Record<string, string>>): string {
  const harmless = minimalEnv(env);
  const confided = Object.entries(env).flatMap(([name, value]) => (Object.hasOwn(harmless, name) ? [] : [value]));
  const secrets = confided.flatMap((value) => value.split(/[\r\n]+/)).filter(({ length }) => length >= MIN_SECRET);
  // The longest first: one secret may be part of another.
  const open = secrets
    .sort((a, b) => b.length - a.length)
    .reduce((text, secret) => text.replaceAll(secret, '***'), Buffer.from(stderr).toString('utf8'));
  const [line = ''] = open
    .split(/[\r\n]+/)
    .filter((words) => words.trim() !== '')
    .slice(-1);
  return line
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_COMPLAINT);
}
