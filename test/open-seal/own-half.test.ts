import { expect, test } from 'vitest';
import { resolvePublish } from '../../src/config/resolve.ts';
import { resolveVerify } from '../../src/config/resolve-verify.ts';
import { openPolicy, openSeal } from '../../src/open-seal.ts';
import { tree } from '../build/tree.ts';
import { COSIGN_KEY, COSIGN_PASSPHRASE } from '../seal/keys/samples.ts';
import { beside, shown, subject } from '../seal/proved.ts';
import { contextOf, privatePem, RUN, theirs } from './scene.ts';

const CONFIG = 'version: 1\nartifacts: [{ path: deploy }]\n';
const WEB = 'oci://reg.example/web:staging';

// CI systems set variables of secrets that a run may not see, to nothing.
const env = { KEY: COSIGN_KEY, SLIPWAY_KEY_PASSWORD: '', COSIGN_PASSWORD: COSIGN_PASSPHRASE };

test('slipway verify accepts what the config signed, by the public half of its key', async () => {
  const cwd = tree({ 'slipway.yaml': `${CONFIG}sign: { key: env://KEY }\n`, 'deploy/a.yaml': '' });
  const { seal } = await resolvePublish({}, { cwd, env });
  const opened = await openSeal(seal, RUN, contextOf(env));
  const one = subject(1, opened.sealing.requires);
  const found = beside(one, (await opened.prover?.prove([one])) ?? []);
  const [target] = (await resolveVerify({ references: [WEB] }, { cwd, env })).targets;
  const judge = await openPolicy(target?.policy ?? {}, contextOf(env));
  expect(await judge.accepts(shown(one), found)).toEqual([]);

  const files = { 'slipway.yaml': `${CONFIG}sign: { key: other.key }\n`, 'other.key': privatePem(theirs) };
  const [other] = (await resolveVerify({ references: [WEB] }, { cwd: tree(files), env })).targets;
  const stranger = await openPolicy(other?.policy ?? {}, contextOf(env));
  await expect(stranger.accepts(shown(one), found)).rejects.toMatchObject({ code: 'UNTRUSTED' });
});

test('without the passphrase the public half cannot be had, which is said', async () => {
  const cwd = tree({ 'slipway.yaml': `${CONFIG}sign: { key: env://KEY }\n` });
  const [target] = (await resolveVerify({ references: [WEB] }, { cwd, env: {} })).targets;
  await expect(openPolicy(target?.policy ?? {}, contextOf({ KEY: COSIGN_KEY }))).rejects.toMatchObject({
    code: 'CONFIG',
    message: 'Cannot read the signing key "env://KEY": it is encrypted and no passphrase is set',
  });
});
