import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTokenSource, type TokenOrigin } from '../../../src/wire/sigstore/token-source.ts';
import { answering, CANARY, everythingIn, quickHttp, tokenText } from './fixture.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-token-'));
});
afterAll(() => rm(folder, { recursive: true }));

const open = (origin: TokenOrigin) => openTokenSource(origin, { http: quickHttp(), cwd: folder, env: process.env });
const request = (url: URL): TokenOrigin => ({
  kind: 'request',
  name: 'GitHub Actions',
  url,
  revealBearer: () => CANARY,
});

/** A program that runs these lines of shell. */
async function program(...lines: readonly string[]): Promise<TokenOrigin> {
  const path = join(folder, `agent-${Math.random().toString(36).slice(2)}`);
  await writeFile(path, ['#!/bin/sh', ...lines].join('\n'));
  await chmod(path, 0o755);
  return {
    kind: 'command',
    name: 'Buildkite',
    command: [path, 'oidc'],
    revealEnvironment: () => ({ BUILDKITE_TOKEN: CANARY }),
  };
}

describe('a token source', () => {
  test('reads a token that is there', async () => {
    const source = open({ kind: 'value', name: 'SIGSTORE_ID_TOKEN', reveal: () => tokenText() });
    expect(await source()).toMatchObject({ subject: 'repo:team/app' });
  });

  test('asks a token service with the token that allows it, afresh each time', async () => {
    await answering(200, JSON.stringify({ value: tokenText() }), async (url, { requests }) => {
      const source = open(request(new URL('/token?audience=sigstore', url)));
      await source();
      expect((await source()).reveal()).toBe(tokenText());
      expect(requests).toHaveLength(2);
      expect(requests[0]).toMatchObject({
        method: 'GET',
        url: '/token?audience=sigstore',
        headers: { authorization: `Bearer ${CANARY}` },
      });
    });
  });

  test.each([
    [401, '{"message":"bad canary-secret-part"}', 'AUTH', 'answered 401 (bad ***)'],
    [200, '{"count":1}', 'STORE', 'sent no identity token'],
    [200, '{"value":"canary-secret-part"}', 'AUTH', 'it is not a JWT'],
    [503, 'canary-secret-part', 'STORE', 'answered 503'],
  ])('shows no secret when the service answers %i %s', async (status, body, code, state) => {
    await answering(status, body, async (url) => {
      const error = await open(request(url))().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, message: expect.stringContaining(state), hint: expect.any(String) });
      expect(everythingIn(error)).not.toContain(CANARY);
    });
  });

  test('runs a program with the variables it needs and no others', async () => {
    const origin = await program(
      '[ "$BUILDKITE_TOKEN" ] && [ -z "$VITEST" ] && [ "$1" = oidc ] || exit 9',
      `echo ${tokenText()}`,
    );
    expect(await open(origin)()).toMatchObject({ subject: 'repo:team/app' });
  });

  test('shows nothing of what a program prints', async () => {
    const failing = await program('echo "$BUILDKITE_TOKEN"', 'echo "$BUILDKITE_TOKEN" >&2', 'exit 3');
    const babbling = await program('echo "$BUILDKITE_TOKEN"');
    for (const [origin, state] of [
      [failing, 'ended with code 3'],
      [babbling, 'it is not a JWT'],
    ] as const) {
      const error = await open(origin)().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'AUTH', message: expect.stringContaining(state) });
      expect(everythingIn(error)).not.toContain(CANARY);
    }
  });

  test('names the CI system whose program is missing', async () => {
    const missing: TokenOrigin = {
      kind: 'command',
      name: 'CircleCI',
      command: ['no-such-circleci'],
      revealEnvironment: () => ({}),
    };
    await expect(open(missing)()).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      hint: expect.stringContaining('inside a job of CircleCI'),
    });
  });
});
