/** The parameters of store URLs, the part after `?`. */
import type { SlipwayError } from '../errors.ts';
import { didYouMean } from './suggest.ts';

/** Decoded parameters by name; each appears once. */
export type Parameters = Readonly<Partial<Record<Parameter, string>>>;

/** Name of a store parameter. */
export type Parameter =
  | 'region'
  | 'endpoint'
  | 'layout'
  | 'insecure'
  | 'profile'
  | 'ca'
  | 'owner'
  | 'sse'
  | 'kms-key'
  | 'accept-unsafe';

/** Every parameter any kind of store knows, with what it means. */
export const PARAMETERS: Readonly<Record<Parameter, string>> = {
  region: 'Region of the bucket. Default: what the AWS chain says',
  endpoint: 'URL of an S3 service other than AWS',
  layout:
    'How a bucket shows an artifact: `object`, `tarball`, `tree` or `registry`. Default: `tarball` where the artifact is rendered as `source`, else `object`',
  insecure: 'Plain HTTP. Automatic on loopback; certificates are always checked',
  profile: 'Profile of the AWS chain',
  ca: 'PEM file of certificate authorities to trust besides those of the system',
  owner: 'AWS account that has to own the bucket: twelve digits',
  sse: 'How the bucket encrypts what is written: `AES256` or `aws:kms`. Default: what the bucket does by itself',
  'kms-key': 'Id or ARN of the key, with `sse` `aws:kms`. Default: the key of the bucket, else that of the account',
  'accept-unsafe':
    'Publish although create-only writes of this bucket are not atomic: the CI lets one publisher run at a time',
};

interface Rules {
  /** The kind of store, for messages: `a bucket`. */
  readonly what: string;
  readonly allowed: readonly string[];
  readonly refuse: (state: string, hint?: string) => SlipwayError;
}

function decoded(text: string, refuse: Rules['refuse']): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The cause would quote the text, which may be a secret put into the wrong place.
    throw refuse('a parameter has a broken percent escape', 'write a literal "%" as "%25"');
  }
}

/** Names longer than any parameter's are not shown: they may be a value that lost its name. */
const shown = (name: string): string => (name.length <= 24 ? `parameter "${name}"` : 'a parameter');

/** Reads `a=1&b`; a name alone counts as `true`. Throws what `refuse` makes for unknown, foreign and repeated names. */
export function parametersOf(query: string, { what, allowed, refuse }: Rules): Parameters {
  const found = new Map<string, string>();
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const [name = '', ...value] = pair.split('=');
    if (!Object.hasOwn(PARAMETERS, name)) throw refuse(`${shown(name)} is unknown`, didYouMean(name, allowed));
    if (!allowed.includes(name))
      throw refuse(
        `parameter "${name}" does not apply to ${what}`,
        `remove it; ${what} knows ${allowed.map((known) => `"${known}"`).join(', ')}`,
      );
    if (found.has(name)) throw refuse(`parameter "${name}" is given twice`, 'keep one of them');
    found.set(name, value.length === 0 ? 'true' : decoded(value.join('='), refuse));
    if (found.get(name) === '') throw refuse(`parameter "${name}" is empty`, `write ${name}=VALUE or remove it`);
  }
  return Object.fromEntries(found);
}

/** A parameter that is `true` or `false`; undefined when absent. */
export function flagOf(parameters: Parameters, name: Parameter, refuse: Rules['refuse']): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || value === 'true') return value === undefined ? undefined : true;
  if (value === 'false') return false;
  throw refuse(`parameter "${name}" is neither "true" nor "false"`, `write ${name}=true or remove it`);
}
