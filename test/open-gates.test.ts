/** Gates that are asked: programs and a server, each with answers of every kind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { GateSettings, GateWhom } from '../src/config/gates-settings.ts';
import { SlipwayError } from '../src/errors.ts';
import type { GateAnswer, GateQuestion } from '../src/model.ts';
import { openGates } from '../src/open-gates.ts';
import { temporaryFolder } from './build/tree.ts';
import { startAnswers } from './fakes/answers.ts';

const digest = (digit: string): `sha256:${string}` => `sha256:${digit.repeat(64)}`;
const counts = {
  artifacts: { added: 1, removed: 0, changed: 0, unchanged: 0 },
  objects: { added: 0, removed: 0, changed: 0, moved: 0, renamed: 0 },
  ...{ files: 0, references: 0 },
};
const QUESTION: GateQuestion = {
  ...{ schema: 1, project: 'default', channel: 'prod', kind: 'publish', generation: 2, at: '2026-01-02T03:04:05Z' },
  artifacts: [{ name: 'web', after: { content: digest('1'), manifest: digest('2') } }],
  difference: { schema: 1, counts, artifacts: [], sets: [], common: [] },
  ...{ unknown: [], refusals: [], allowed: [], stores: [{ name: 'us', url: 's3://fleet-us' }] },
};

const gateOf = (whom: GateWhom, timeoutSeconds = 20): GateSettings => ({ name: 'change', timeoutSeconds, whom });

const program = (
  script: string,
  env: Extract<GateWhom, { kind: 'run' }>['env'] = {},
  root = temporaryFolder(),
): GateWhom => ({
  ...{ kind: 'run', env, root },
  run: [process.execPath, '-e', script],
});

const PLACE = { PATH: process.env.PATH };

async function asked(
  gate: GateSettings,
  env: Readonly<Record<string, string | undefined>> = PLACE,
): Promise<GateAnswer | SlipwayError> {
  const [one] = openGates([gate], { env });
  if (one === undefined) throw new Error('no gate');
  return one.ask(QUESTION).catch((thrown: unknown) => {
    if (thrown instanceof SlipwayError) return thrown;
    throw thrown;
  });
}

const say = (text: string, code = 0): string =>
  `process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${code};`;

const HINT = 'nothing was recorded and no name moved; run the same command again to ask once more';
const NO_ANSWER = 'Gate "change" gave no answer that lets this release go on: ';
const FORM = 'it did not say {"allow": true} or {"allow": false, "reason": "…"}';

test('a program gets the question as JSON on standard input and answers on standard output', async () => {
  const root = temporaryFolder();
  const script = `
    const text = require('node:fs').readFileSync(0, 'utf8');
    require('node:fs').writeFileSync('question.json', text);
    ${say('{"allow": true, "reason": "fine\\u0007 with\\nus", "reference": "CHG-123", "more": 1}')}`;
  expect(await asked(gateOf(program(script, {}, root)))).toEqual({
    ...{ name: 'change', reason: 'fine with us', reference: 'CHG-123' },
  });
  expect(JSON.parse(readFileSync(join(root, 'question.json'), 'utf8'))).toEqual(QUESTION);
});

test('a program sees what it was given and nothing else of ours', async () => {
  const script = `process.stdout.write(JSON.stringify({ allow: true, reason: Object.keys(process.env).sort().join(' ') }))`;
  const whom = program(script, { MODE: { text: 'strict' }, TICKETS: { variable: 'TICKET_TOKEN' } });
  const env = { ...PLACE, TICKET_TOKEN: 'a long secret', AWS_SECRET_ACCESS_KEY: 'ours', COSIGN_PASSWORD: 'ours' };
  expect(await asked(gateOf(whom), env)).toEqual({ name: 'change', reason: 'LANG LC_ALL MODE PATH TICKETS TZ' });
});

test.each([
  ['{"allow": false, "reason": "not before Monday", "reference": "CHG-9"}', 'not before Monday (CHG-9)'],
  ['{"allow": false}', 'it gives no reason'],
])('a no is a refusal with the reason: %s', async (text, said) => {
  for (const code of [0, 3]) {
    expect(await asked(gateOf(program(say(text, code))))).toMatchObject({
      ...{ code: 'REFUSED', hint: HINT, message: `Gate "change" does not let this release go on: ${said}` },
    });
  }
});

test.each([
  ['a yes with another exit code', say('{"allow": true}', 3), 'it ended with exit code 3: {"allow": true}'],
  [
    'another exit code',
    'console.error("no \\u001b[31mdatabase\\u001b[0m"); process.exit(1)',
    'it ended with exit code 1: no database',
  ],
  ['silence', '', FORM],
  ['a text', say('ok'), FORM],
  ['two answers', say('{"allow": true}{"allow": true}'), FORM],
  ['a no and a yes', say('{"allow": false, "allow": true}'), FORM],
  ['a list', say('[{"allow": true}]'), FORM],
  ['a yes that is a text', say('{"allow": "true"}'), FORM],
  ['a reason that is no text', say('{"allow": true, "reason": {}}'), FORM],
  [
    'too much',
    'for (;;) require("node:fs").writeSync(1, "x".repeat(65536))',
    `stopped "${process.execPath}": more than 1048576 bytes of output`,
  ],
])('%s lets nothing go on', async (_, script, said) => {
  expect(await asked(gateOf(program(script)))).toMatchObject({
    code: 'REFUSED',
    hint: HINT,
    message: NO_ANSWER + said,
  });
});

test('a program that hangs or is not there lets nothing go on', async () => {
  expect(await asked(gateOf(program('setInterval(() => undefined, 1000)'), 0.2))).toMatchObject({
    message: `${NO_ANSWER}stopped "${process.execPath}": no end after 0.2 s`,
  });
  const missing: GateWhom = { kind: 'run', run: ['/none/such'], env: {}, root: temporaryFolder() };
  expect(await asked(gateOf(missing))).toMatchObject({
    ...{ code: 'REFUSED', message: `${NO_ANSWER}cannot run "/none/such": it is not installed` },
  });
});

test('an interrupted run is interrupted, and no refusal', async () => {
  const [gate] = openGates([gateOf(program('setInterval(() => undefined, 1000)'))], {
    ...{ env: PLACE, signal: AbortSignal.timeout(100) },
  });
  await expect(gate?.ask(QUESTION)).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

test('what a gate says is one bounded line without the secrets that it was given', async () => {
  const script = `console.error(process.env.TOKEN + '\\u202e', encodeURIComponent(process.env.TOKEN)); process.exit(1)`;
  const whom = program(script, { TOKEN: { variable: 'TICKETS' } });
  expect(await asked(gateOf(whom), { ...PLACE, TICKETS: 'canary/one two' })).toMatchObject({
    message: `${NO_ANSWER}it ended with exit code 1: *** ***`,
  });
  const long = await asked(gateOf(program(say(`{"allow": false, "reason": "${'x'.repeat(5000)}"}`))));
  expect(long).toMatchObject({ message: `Gate "change" does not let this release go on: ${'x'.repeat(300)}` });
});

test('a variable that is not set is an error before anybody is asked', () => {
  const whom = program(say('{"allow": true}'), { TOKEN: { variable: 'TICKETS' } });
  expect(() => openGates([gateOf(whom)], { env: {} })).toThrow(
    expect.objectContaining({
      code: 'CONFIG',
      message: 'Cannot ask gate "change": environment variable "TICKETS" is not set',
    }),
  );
});

test.each(['canary\n', 'canary two', 'canary€'])(
  'what is no token is an error of the config, and is not shown: %j',
  (TICKETS) => {
    const whom = { kind: 'url', url: new URL('https://change.example.com/'), token: 'TICKETS' } as const;
    expect(() => openGates([gateOf(whom)], { env: { TICKETS } })).toThrow(
      expect.objectContaining({
        code: 'CONFIG',
        message: 'Cannot ask gate "change": the value of "TICKETS" is no token',
      }),
    );
  },
);

test('who agreed is not asked again about the same thing in another place of the channel', async () => {
  const root = temporaryFolder();
  const script = `require('node:fs').appendFileSync('asked', 'x'); ${say('{"allow": true}')}`;
  const [gate] = openGates([gateOf(program(script, {}, root))], { env: PLACE });
  const times = (): number => readFileSync(join(root, 'asked'), 'utf8').length;
  await gate?.ask(QUESTION);
  await gate?.ask({ ...QUESTION, generation: 3, at: '2026-01-02T03:04:06Z' });
  expect(times()).toBe(1);
  await gate?.ask({ ...QUESTION, generation: 3, allowed: ['deletions@web'] });
  expect(times()).toBe(2);
});

test('who said no is asked again', async () => {
  const root = temporaryFolder();
  const script = `require('node:fs').appendFileSync('asked', 'x'); ${say('{"allow": false}')}`;
  const [gate] = openGates([gateOf(program(script, {}, root))], { env: PLACE });
  for (const _ of [1, 2]) await expect(gate?.ask(QUESTION)).rejects.toMatchObject({ code: 'REFUSED' });
  expect(readFileSync(join(root, 'asked'), 'utf8')).toBe('xx');
});

const TOKEN = 'canary-of-a-token';

async function askedOver(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly said: GateAnswer | SlipwayError; readonly requests: readonly string[]; readonly host: string }> {
  const requests: string[] = [];
  const server = await startAnswers((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization, 'content-type': type } = request.headers;
      requests.push([request.method, request.url, authorization, type, Buffer.concat(chunks)].join(' '));
      response.writeHead(status, headers).end(body);
    });
  });
  onTestFinished(() => server.stop());
  const whom: GateWhom = { kind: 'url', url: new URL(`${server.url}/ask?team=payments`), token: 'TICKETS' };
  return { said: await asked(gateOf(whom), { TICKETS: TOKEN }), requests, host: server.host };
}

test('a server gets the question by POST with the token, once, and answers in the body', async () => {
  const { said, requests } = await askedOver(200, '{"allow": true, "reference": "CHG-7"}');
  expect(said).toEqual({ name: 'change', reference: 'CHG-7' });
  expect(requests).toEqual([`POST /ask?team=payments Bearer ${TOKEN} application/json ${JSON.stringify(QUESTION)}\n`]);
});

test.each([
  [500, 'oops', ': oops'],
  [201, '{"allow": true}', ': {"allow": true}'],
  [404, '', ''],
  [401, `who is ${TOKEN}?`, ': who is ***?'],
])('a server that answers %s lets nothing go on, and is asked once', async (status, body, words) => {
  const { said, requests, host } = await askedOver(status, body);
  expect(said).toMatchObject({
    ...{ code: 'REFUSED', hint: HINT, message: `${NO_ANSWER}"${host}" answered ${status}${words}` },
  });
  expect(requests).toHaveLength(1);
});

test('a redirect is not followed', async () => {
  let asks = 0;
  const other = await startAnswers((_, response) => {
    asks += 1;
    response.end('{"allow": true}');
  });
  onTestFinished(() => other.stop());
  const { said, host } = await askedOver(307, '', { location: `${other.url}/ask` });
  expect(said).toMatchObject({ code: 'REFUSED', message: `${NO_ANSWER}"${host}" answered 307` });
  expect(asks).toBe(0);
});

test('a server that hangs or is not there lets nothing go on', async () => {
  const server = await startAnswers(() => undefined);
  onTestFinished(() => server.stop());
  const whom: GateWhom = { kind: 'url', url: new URL(server.url) };
  expect(await asked(gateOf(whom, 0.2))).toMatchObject({
    ...{ code: 'REFUSED', message: `${NO_ANSWER}"${server.host}" did not answer within 0.2 s` },
  });
  const gone: GateWhom = { kind: 'url', url: new URL('http://127.0.0.1:1/ask') };
  expect(await asked(gateOf(gone))).toMatchObject({
    ...{ code: 'REFUSED', message: `${NO_ANSWER}cannot ask it: "127.0.0.1:1" refused the connection` },
  });
});
