import { expect, test } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import { commandContext } from '../cli/context.ts';
import { pair } from '../flow/verify-fleet.ts';

const CONFIG = 'version: 1\nartifacts: [{ path: deploy }]\nstores: { eu: env://NOPE }\n';
const SAID = 'Cannot use config file "slipway.yaml": slipway.yaml:3:15: environment variable "NOPE" is not set';

async function verify(...argv: readonly string[]) {
  const context = await commandContext({ 'slipway.yaml': CONFIG, 'a.pub': pair().pub });
  const code = await runProgram(['verify', 'file:store/web:prod', ...argv], context, '0.0.0');
  return { code, out: context.stdout.text(), err: context.stderr.text() };
}

test('with a policy of its own, a config that cannot be used is left out with a note', async () => {
  const { code, out, err } = await verify('--key', 'a.pub', '--output', 'json', '--quiet');
  expect({ code, err }).toEqual({ code: 4, err: `note: the config is left out: ${SAID}\n` });
  expect(JSON.parse(out)).toMatchObject({ verdict: 'unreadable', references: [{ reference: 'file:store/web:prod' }] });
});

test('a config that says whose signatures count, or that is named, has to be good', async () => {
  for (const argv of [[], ['--key', 'a.pub', '--config', 'slipway.yaml']]) {
    const { code, out, err } = await verify(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`error[CONFIG]: ${SAID}\n`);
  }
});

test('the text of a key is never shown, in whatever it is wrapped', async () => {
  const { key } = pair();
  const inside = key.split('\n')[1] ?? key;
  for (const written of [key, `'"${key}"'`, `Bag Attributes\n${key}`, Buffer.from(key).toString('base64'), inside]) {
    const { code, out, err } = await verify(`--key=${written}`, '--verbose');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const secret of [inside, Buffer.from(key).toString('base64')]) expect(err).not.toContain(secret.slice(0, 30));
  }
});
