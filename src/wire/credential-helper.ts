/** Docker's credential helpers: programs `docker-credential-<suffix>` that keep logins (docker-credential-helpers protocol). */
import { SlipwayError } from '../errors.ts';
import { basicCredential, type Credential, identityCredential } from './credentials.ts';
import { exec } from './exec.ts';

/** Asks the helper with this suffix for a server's login; undefined when it has none. */
export type RunHelper = (suffix: string, server: string) => Promise<Credential | undefined>;

const timeoutSeconds = 30;
const maxOutputBytes = 262_144;
// The words of docker-credential-helpers' ErrCredentialsNotFound and of its missing server URL.
const notFound = /credentials not found|no credentials (server URL|username)/i;

/**
 * Runs helpers with `env` in the folder `cwd`. They get the whole environment: finding credentials in it is their purpose.
 * Throws `TOOL_MISSING` when there is no such program and `CONFIG` when it fails or answers nonsense; its output is never shown.
 */
export function helperRunner(cwd: string, env: Readonly<Record<string, string | undefined>>): RunHelper {
  const set = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return async (suffix, server) => {
    const program = `docker-credential-${suffix}`;
    const hint = `check "${program} get" by hand, or remove the helper from the Docker config`;
    if (!/^[\w.-]+$/.test(suffix)) {
      const name = JSON.stringify(suffix.slice(0, 100));
      throw new SlipwayError('CONFIG', `Cannot use credential helper ${name}: not a name of a program`, {
        hint: 'name the helper by its suffix, such as "pass" for docker-credential-pass',
      });
    }
    const { exitCode, stdout } = await exec([program, 'get'], {
      cwd,
      env: Object.fromEntries(set),
      stdin: Buffer.from(server),
      timeoutSeconds,
      maxOutputBytes,
      code: 'CONFIG',
      missingHint: `install ${program}, or remove the helper from the Docker config`,
    });
    const output = Buffer.from(stdout).toString('utf8');
    if (exitCode !== 0 && notFound.test(output)) return undefined;
    const credential = exitCode === 0 ? readAnswer(output) : undefined;
    if (credential !== undefined) return credential;
    const state = exitCode === 0 ? 'its answer is not a login' : `exit code ${exitCode}`;
    throw new SlipwayError('CONFIG', `Cannot get credentials for "${server}" from "${program}": ${state}`, { hint });
  };
}

function readAnswer(output: string): Credential | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    // The parser's own error would quote the answer.
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { Username: username, Secret: secret } = answer as Record<string, unknown>;
  if (typeof username !== 'string' || typeof secret !== 'string') return undefined;
  return username === '<token>' ? identityCredential('', secret) : basicCredential(username, secret);
}
