import { expect, test } from 'vitest';
import { check, doctor, explain, log, publish, SlipwayError, status, verify, whois } from '../src/index.ts';
import { tree } from './config/tree.ts';
import { pair } from './flow/verify-fleet.ts';

test('check answers the findings, errors too, and throws only what kept it from looking', async () => {
  const cwd = await tree({ 'deploy/a.yaml': 'replicas: 3\n' });
  const context = { cwd, env: {} };
  expect(await check({ path: 'deploy', render: 'plain' }, context)).toEqual([
    {
      rule: 'object/not-an-object',
      severity: 'error',
      artifact: 'deploy',
      file: 'deploy/a.yaml',
      line: 1,
      column: 1,
      message: 'Not a Kubernetes object: "apiVersion" is missing',
    },
  ]);
  await expect(check({ path: 'nowhere' }, context)).rejects.toThrow(SlipwayError);
});

test('explain answers a rule', () => {
  expect(explain('object/not-an-object')).toMatchObject({ setting: 'error', firm: true });
  expect(() => explain('object/not-an-objekt')).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: 'did you mean "object/not-an-object"' }),
  );
});

test('verify answers whose signature there is, and throws only what kept it from looking', async () => {
  const own = pair();
  const manifest = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n';
  const files = { 'web/namespace.yaml': manifest, 'own.key': own.key, 'own.pub': own.pub, 'other.pub': pair().pub };
  const context = { cwd: await tree(files), env: { PATH: process.env.PATH } };
  const receipt = await publish(
    { path: 'web', render: 'plain', to: ['file:store'], channel: 'prod', key: 'own.key', allow: ['dirty'] },
    context,
  );
  const references = receipt.artifacts.flatMap(({ stores }) => Object.values(stores).map(({ reference }) => reference));
  const trusted = await verify({ references, key: ['own.pub'] }, context);
  expect(trusted).toMatchObject({ schema: 1, verdict: 'trusted', counts: { trusted: 1 } });
  expect(trusted.references.map(({ reference }) => reference)).toEqual(references);
  const untrusted = await verify({ references, key: ['other.pub'] }, context);
  expect(untrusted.references[0]?.artifacts[0]).toMatchObject({ verdict: 'untrusted', error: { code: 'UNTRUSTED' } });
  await expect(verify({ references }, context)).rejects.toMatchObject({ code: 'USAGE' });
});

test('doctor answers what it finds of each store, and throws only what kept it from looking', async () => {
  const config = 'version: 1\nartifacts: [{ path: web, render: plain }]\nstores: { lab: "file:lab?layout=object" }\n';
  const context = { cwd: await tree({ 'slipway.yaml': config, 'web/a.yaml': '' }), env: {} };
  const { schema, verdict, stores } = await doctor({}, context);
  expect([schema, verdict, stores.map(({ name }) => name)]).toEqual([1, 'usable', ['lab']]);
  await expect(doctor({ store: ['us'] }, context)).rejects.toMatchObject({ code: 'USAGE' });
});

test('log, status and whois answer what was published, and throw what nobody knows', async () => {
  const config = 'version: 1\nchannel: prod\nartifacts: [{ path: web, render: plain }]\n';
  const manifest = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n';
  const cwd = await tree({ 'slipway.yaml': config, 'web/namespace.yaml': manifest });
  const context = { cwd, env: { PATH: process.env.PATH } };
  await expect(log({}, context)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { artifacts } = await publish({ allow: ['dirty'] }, context);
  const [{ generations }, { channels }] = [await log({}, context), await status({}, context)];
  expect(generations).toMatchObject([{ generation: 1, kind: 'publish', changes: { added: ['web'], compared: true } }]);
  expect(channels).toMatchObject([
    { channel: 'prod', generation: 1, stores: { 'file:.slipway/store': { state: 'current' } } },
  ]);
  const { places } = await whois({ digest: artifacts[0]?.digest ?? '' }, context);
  expect(places).toMatchObject([{ artifact: 'web', channel: 'prod', roles: ['content'], generations: [1] }]);
});
