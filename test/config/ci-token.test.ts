import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ciToken } from '../../src/config/ci-token.ts';

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/token?api-version=2.0&audience=other',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary-bearer',
};

describe('the token of a job', () => {
  test('is SIGSTORE_ID_TOKEN where that is set, in any CI', () => {
    const token = ciToken({ ...GITHUB, SIGSTORE_ID_TOKEN: 'canary-token' }, 'sigstore');
    expect(token).toMatchObject({ kind: 'value', name: 'SIGSTORE_ID_TOKEN' });
    expect(token.kind === 'value' && token.reveal()).toBe('canary-token');
  });

  test('is requested in GitHub Actions for the audience', () => {
    const token = ciToken(GITHUB, 'my sigstore');
    expect(token).toMatchObject({ kind: 'request', name: 'GitHub Actions' });
    if (token.kind !== 'request') return;
    expect(token.url.href).toBe('https://pipelines.example/token?api-version=2.0&audience=my+sigstore');
    expect(token.revealBearer()).toBe('canary-bearer');
  });

  test('comes from the agent in Buildkite, with its variables', () => {
    const token = ciToken({ BUILDKITE: 'true', BUILDKITE_AGENT_ACCESS_TOKEN: 'x', HOME: '/' }, 'sigstore');
    expect(token).toMatchObject({ command: ['buildkite-agent', 'oidc', 'request-token', '--audience', 'sigstore'] });
    expect(token.kind === 'command' && token.revealEnvironment()).toEqual({
      BUILDKITE: 'true',
      BUILDKITE_AGENT_ACCESS_TOKEN: 'x',
    });
  });

  test('comes from the program in CircleCI: the one in the environment is for another audience', () => {
    const token = ciToken({ CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: 'x' }, 'sigstore');
    expect(token).toMatchObject({ command: ['circleci', 'run', 'oidc', 'get', '--claims', '{"aud":"sigstore"}'] });
    expect(token.kind === 'command' && token.revealEnvironment()).toEqual({
      CIRCLECI: 'true',
      CIRCLE_OIDC_TOKEN_V2: 'x',
    });
  });

  test('shows no secret when it is printed', () => {
    for (const env of [
      { SIGSTORE_ID_TOKEN: 'canary' },
      GITHUB,
      { BUILDKITE: 'true', BUILDKITE_AGENT_ACCESS_TOKEN: 'canary' },
    ]) {
      const token = ciToken(env, 'sigstore');
      expect(inspect(token, { depth: 9 }) + JSON.stringify(token)).not.toContain('canary');
    }
  });

  test.each([
    [
      'GitHub Actions',
      { GITHUB_ACTIONS: 'true' },
      'add "permissions: { contents: read, id-token: write }" to the job; runs for',
    ],
    ['GitHub Actions', { ...GITHUB, ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }, 'id-token: write'],
    ['GitHub Actions', { ...GITHUB, ACTIONS_ID_TOKEN_REQUEST_URL: 'nowhere' }, 'is not a URL'],
    ['GitLab CI', { GITLAB_CI: 'true' }, 'add "id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }" to the job'],
    ['this environment', {}, 'set SIGSTORE_ID_TOKEN to an identity token for the audience "sigstore"'],
    ['this environment', { GITHUB_ACTIONS: 'false', SIGSTORE_ID_TOKEN: '' }, 'set SIGSTORE_ID_TOKEN'],
  ])('is missing in %s: the hint says what to add', (where, env, hint) => {
    const run = (): unknown => ciToken(env, 'sigstore');
    expect(run).toThrow(
      expect.objectContaining({
        code: 'CONFIG',
        message: `Cannot sign without a key: ${where} offers no identity token`,
        hint: expect.stringContaining(hint),
      }),
    );
  });
});
