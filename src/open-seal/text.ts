/** Keys and certificates as text: from files, or from variables. */
import { readFile } from 'node:fs/promises';
import type { TextSource } from '../config/seal-settings.ts';
import { SlipwayError } from '../errors.ts';
import type { SealContext } from './context.ts';

/** Names come checked. Should one not be: what moves a cursor, or spans lines as keys do, does not get into messages. */
const nameOf = ({ shown }: TextSource): string => (/\p{Cc}/u.test(shown) ? '' : ` "${shown}"`);

/** The text, or undefined where there is none. An empty variable is none: that is how CI systems keep a secret back. */
export async function findText(
  source: TextSource,
  title: string,
  { env }: Pick<SealContext, 'env'>,
): Promise<string | undefined> {
  if (source.kind === 'env') return env[source.variable] || undefined;
  try {
    return await readFile(source.path, 'utf8');
  } catch (thrown) {
    const code: unknown = Reflect.get(Object(thrown), 'code');
    if (code === 'ENOENT') return undefined;
    const state = `Cannot read the ${title}${nameOf(source)}: ${String(code)}`;
    throw new SlipwayError('CONFIG', state, { hint: 'name a file that this process may read' });
  }
}

/** The text. `title` is what messages call it, such as `signing key`. Throws `CONFIG` where there is none. */
export async function readText(source: TextSource, title: string, context: Pick<SealContext, 'env'>): Promise<string> {
  const text = await findText(source, title, context);
  if (text !== undefined) return text;
  const [state, hint] =
    source.kind === 'file'
      ? ['there is no such file', 'correct the path; it is relative to the config file, or to the current folder']
      : [
          `the variable "${source.variable}" is not set`,
          `set "${source.variable}" to the text of the file; CI systems keep secrets from runs of forks`,
        ];
  throw new SlipwayError('CONFIG', `Cannot read the ${title}${nameOf(source)}: ${state}`, { hint });
}

/** The passphrase of keys, if there is one. An empty variable counts as none here too, so that the other one is looked at. */
export function passphraseIn({ env }: Pick<SealContext, 'env'>): string | undefined {
  return env.SLIPWAY_KEY_PASSWORD || env.COSIGN_PASSWORD || undefined;
}
