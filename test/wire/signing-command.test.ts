import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import { type SigningCommand, signingCommand } from '../../src/wire/signing-command.ts';
import { temporaryFolder } from '../build/tree.ts';

const digest = Buffer.from('ab'.repeat(32), 'hex');

/** Has a program, written here, sign the digest. */
function ask(script: string, options: Partial<SigningCommand> = {}): Promise<Uint8Array> {
  const command = [process.execPath, '-e', script];
  return signingCommand({ command, cwd: temporaryFolder(), env: {}, timeoutSeconds: 20, ...options })(digest);
}

async function refusal(asking: Promise<Uint8Array>): Promise<SlipwayError> {
  const thrown: unknown = await asking.then(
    () => new Error('it answered'),
    (error: unknown) => error,
  );
  if (thrown instanceof SlipwayError) return thrown;
  throw thrown;
}

const ECHO = `let text = ''; process.stdin.on('data', (chunk) => { text += chunk; })
  .on('end', () => console.log(Buffer.from(text).toString('base64')));`;

test('the program gets the digest in hexadecimal digits and answers in base64', async () => {
  expect(Buffer.from(await ask(ECHO)).toString()).toBe(`${'ab'.repeat(32)}\n`);
});

test.each<[string, string]>([
  ['broken lines', 'AP//\\r\\n/w==\\n'],
  ['the alphabet of URLs without padding', 'AP___w'],
])('base64 with %s is taken', async (_, text) => {
  expect([...(await ask(`process.stdout.write("${text}")`))]).toEqual([0, 255, 255, 255]);
});

describe('a program that does not sign', () => {
  test('has its last words repeated, with its exit code', async () => {
    const error = await refusal(ask('console.error("first\\nAccess denied\\x07\\n"); process.exitCode = 3'));
    expect(error.code).toBe('NETWORK');
    expect(error.message).toBe(`The signing command "${process.execPath}" ended with exit code 3: Access denied`);
    expect(error.hint).toBeTruthy();
  });

  test('has nothing of its credentials repeated', async () => {
    const env = {
      TOKEN: 'canary',
      WIDE: 'canary and more',
      KEY: 'line of a key\nsecond line',
      EMPTY: '',
      ONE: '1',
      HOME: '/h',
    };
    const script = 'console.error(Object.values(process.env).join(" ").replace(/\\n/g, " ")); process.exitCode = 1';
    const error = await refusal(ask(script, { env }));
    expect(error.message).toContain('exit code 1: ');
    expect(error.message).toContain('/h');
    expect(inspect(error)).not.toMatch(/canary|and more|line of a key|second line/);
  });

  test('has no more than 300 characters repeated', async () => {
    const error = await refusal(ask('console.error("x".repeat(5000)); process.exitCode = 1'));
    expect(error.message.length).toBeLessThan(300 + process.execPath.length + 60);
  });

  test.each<[string, string, string]>([
    ['prints nothing', '', 'it printed nothing'],
    ['prints words', 'console.log("signature: canary")', 'is not base64'],
    ['prints its signature as bytes', 'process.stdout.write(Buffer.from([48, 69, 2, 33, 0, 255]))', 'is not base64'],
  ])('is told so: it %s', async (_, script, state) => {
    const error = await refusal(ask(script));
    expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringContaining(state), hint: expect.any(String) });
    expect(inspect(error)).not.toContain('canary');
  });

  test('is stopped when it takes too long or prints too much', async () => {
    const slow = await refusal(ask('setInterval(() => {}, 1000)', { timeoutSeconds: 0.3 }));
    expect(slow).toMatchObject({ code: 'NETWORK', message: expect.stringContaining('no end after 0.3 s') });
    const loud = await refusal(ask('process.stdout.write("A".repeat(100000))'));
    expect(loud).toMatchObject({ code: 'NETWORK', message: expect.stringContaining('bytes of output') });
  });

  test('is missed by name', async () => {
    const error = await refusal(ask('', { command: [join(temporaryFolder(), 'no-such-signer')] }));
    expect(error).toMatchObject({ code: 'TOOL_MISSING', hint: expect.stringContaining('sign.command') });
  });

  test('is not even asked when the run is over', async () => {
    expect((await refusal(ask(ECHO, { signal: AbortSignal.abort() }))).code).toBe('INTERRUPTED');
  });
});
