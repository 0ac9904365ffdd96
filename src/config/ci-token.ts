/** Where a CI system keeps the identity tokens of its jobs, and what to change when it gives none to this one. */
import { SlipwayError } from '../errors.ts';
import type { Environment } from './environment.ts';

/** Where a token comes from; whoever opens connections and runs programs fetches it. Secrets are closures. */
export type CiToken =
  | { readonly kind: 'value'; readonly name: string; readonly reveal: () => string }
  | { readonly kind: 'request'; readonly name: string; readonly url: URL; readonly revealBearer: () => string }
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly command: readonly string[];
      readonly revealEnvironment: () => Readonly<Record<string, string>>;
    };

/**
 * Where this job's token for `audience` comes from: `SIGSTORE_ID_TOKEN` in any CI, else what GitHub Actions, Buildkite or
 * CircleCI offer. Throws `CONFIG` where there is none, with what to add to the job.
 */
export function ciToken(env: Environment, audience: string): CiToken {
  const given = env.SIGSTORE_ID_TOKEN ?? '';
  if (given !== '') return { kind: 'value', name: 'SIGSTORE_ID_TOKEN', reveal: () => given };
  if (isSet(env.GITHUB_ACTIONS)) return github(env, audience);
  if (isSet(env.GITLAB_CI)) {
    throw none('GitLab CI', `add "id_tokens: { SIGSTORE_ID_TOKEN: { aud: ${audience} } }" to the job`);
  }
  if (isSet(env.BUILDKITE)) {
    const command = ['buildkite-agent', 'oidc', 'request-token', '--audience', audience];
    return { kind: 'command', name: 'Buildkite', command, revealEnvironment: () => only(env, 'BUILDKITE') };
  }
  if (isSet(env.CIRCLECI)) {
    // The token in CIRCLE_OIDC_TOKEN_V2 is for the organisation: no certificate authority takes it.
    const command = ['circleci', 'run', 'oidc', 'get', '--claims', JSON.stringify({ aud: audience })];
    return { kind: 'command', name: 'CircleCI', command, revealEnvironment: () => only(env, 'CIRCLE') };
  }
  throw none('this environment', `set SIGSTORE_ID_TOKEN to an identity token for the audience "${audience}"`);
}

function github(env: Environment, audience: string): CiToken {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } = env;
  if (address === '' || bearer === '') {
    const hint = 'add "permissions: { contents: read, id-token: write }" to the job';
    throw none('GitHub Actions', `${hint}; runs for pull requests from forks never get one`);
  }
  if (!URL.canParse(address)) throw none('GitHub Actions', 'ACTIONS_ID_TOKEN_REQUEST_URL is not a URL: run it again');
  const url = new URL(address);
  url.searchParams.set('audience', audience);
  return { kind: 'request', name: 'GitHub Actions', url, revealBearer: () => bearer };
}

const isSet = (value: string | undefined): boolean => !['', 'false', '0'].includes((value ?? '').toLowerCase());

function only(env: Environment, prefix: string): Readonly<Record<string, string>> {
  const found = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[0].startsWith(prefix) && entry[1] !== undefined;
  });
  return Object.fromEntries(found);
}

function none(where: string, hint: string): SlipwayError {
  return new SlipwayError('CONFIG', `Cannot sign without a key: ${where} offers no identity token`, { hint });
}
