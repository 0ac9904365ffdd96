/** Gates in releases: what they are asked, what their answers do, and when nobody is asked. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { gateQuestionSchema } from '../../scripts/gate-schema.ts';
import type { GateQuestion } from '../../src/model.ts';
import { startAnswers } from '../fakes/answers.ts';
import { formsOf } from './canaries.ts';
import { configMap, configMaps, type PlainFleet, plainFleet } from './plain-fleet.ts';

/** Keeps what it is asked, and answers what lies in `verdict.json`. */
const SCRIPT = `
import { readFileSync, writeFileSync } from 'node:fs';
writeFileSync(\`asked-\${process.hrtime.bigint()}.json\`, readFileSync(0));
process.stdout.write(readFileSync('verdict.json'));
`;

interface Gated extends PlainFleet {
  readonly asked: () => readonly GateQuestion[];
  readonly answer: (verdict: unknown) => void;
}

async function gated(more = ''): Promise<Gated> {
  const gates = `gates: [{ name: change, run: [${JSON.stringify(process.execPath)}, gate.mjs] }]\n`;
  const by = await plainFleet(`${gates}${more}`);
  const answer = (verdict: unknown): void => writeFileSync(join(by.dir, 'verdict.json'), JSON.stringify(verdict));
  writeFileSync(join(by.dir, 'gate.mjs'), SCRIPT);
  answer({ allow: true, reason: 'in the window', reference: 'CHG-123' });
  const asked = (): readonly GateQuestion[] =>
    readdirSync(by.dir)
      .filter((name) => name.startsWith('asked-'))
      .sort()
      .map((name): GateQuestion => JSON.parse(readFileSync(join(by.dir, name), 'utf8')));
  return { ...by, asked, answer };
}

/** What can be seen of a release: records and names. In an image layout they are tags, beside those that keep content. */
const visible = (by: PlainFleet): readonly (readonly [string, string])[] =>
  [...by.held()].flatMap(([path, bytes]): readonly (readonly [string, string])[] => {
    if (/\/(?:releases|channels|versions)\//.test(path)) return [[path, bytes]];
    if (!path.endsWith('index.json')) return [];
    const { manifests }: { readonly manifests: readonly unknown[] } = JSON.parse(
      Buffer.from(bytes, 'base64').toString(),
    );
    return [
      [
        path,
        manifests
          .map((one) => JSON.stringify(one))
          .filter((one) => !one.includes('"content-'))
          .join('\n'),
      ],
    ];
  });

test('a gate is asked with the whole release before anything is recorded, and its answer is in the record', async () => {
  const by = await gated();
  await by.write({ web: configMaps(3), api: configMaps(2, 50) });
  expect(await by.publish()).toMatchObject({ code: 0 });
  await by.write({ web: [configMap('c0', 'two'), ...configMaps(2, 1)], api: configMaps(2, 50) });
  const ended = await by.publish(['--allow', 'none']);
  expect([ended.code, ended.receipt?.outcome]).toEqual([0, 'published']);
  const [record, first] = by.records();
  const answer = { name: 'change', reason: 'in the window', reference: 'CHG-123' };
  expect([record?.gates, first?.gates]).toEqual([[answer], [answer]]);
  const entry = (generation: 1 | 2): unknown => {
    const found = (generation === 1 ? first : record)?.artifacts.find(({ name }) => name === 'web');
    return { content: found?.content, manifest: found?.manifest };
  };
  const questions = by.asked();
  for (const question of questions) expect(() => v.parse(gateQuestionSchema, question)).not.toThrow();
  expect(questions.map(({ artifacts }) => artifacts.map(({ name }) => name))).toEqual([['api', 'web'], ['web']]);
  expect(questions[1]).toMatchObject({
    ...{ project: 'default', channel: 'prod', kind: 'publish', generation: 2, allowed: [], refusals: [], unknown: [] },
    artifacts: [{ name: 'web', before: entry(1), after: entry(2) }],
    stores: [{ name: 'bucket' }, { name: 'layout' }],
    difference: { counts: { objects: { changed: 1, added: 0, removed: 0 } } },
  });
});

test('a no ends the run with 3, nothing is recorded or named, and a rerun asks again', async () => {
  const by = await gated();
  await by.write({ web: configMaps(3) });
  await by.publish();
  await by.write({ web: configMaps(3, 1) });
  const before = visible(by);
  by.answer({ allow: false, reason: 'no change before Monday', reference: 'CHG-9' });
  for (const times of [2, 3]) {
    const ended = await by.publish(['--version', '1.0.0']);
    expect([ended.code, ended.receipt?.outcome]).toEqual([3, 'refused']);
    expect(ended.receipt?.error?.message).toBe(
      'Gate "change" does not let this release go on: no change before Monday (CHG-9)',
    );
    expect(visible(by)).toEqual(before);
    expect(by.asked()).toHaveLength(times);
  }
  by.answer({ allow: true });
  expect(await by.publish(['--version', '1.0.0'])).toMatchObject({ code: 0, receipt: { generation: 2 } });
  expect(by.records()[0]?.gates).toEqual([{ name: 'change' }]);
});

test('nobody is asked in a dry run, where nothing changes, where the radius refuses, and for a freeze', async () => {
  const by = await gated();
  await by.write({ web: configMaps(12) });
  await by.publish(['--dry-run']);
  expect(by.asked()).toEqual([]);
  await by.publish();
  await by.publish();
  expect(by.asked()).toHaveLength(1);
  await by.write({ web: configMaps(2) });
  expect(await by.publish()).toMatchObject({ code: 3 });
  expect(await by.run(['freeze', 'prod', '--reason', 'a talk'])).toMatchObject({ code: 0 });
  expect(by.asked()).toHaveLength(1);
  const allow = ['frozen:prod', 'deletions@web', 'deletions:release', 'shrink@web'];
  const ended = await by.publish(allow.flatMap((phrase) => ['--allow', phrase]));
  expect(ended.receipt?.error).toBeUndefined();
  expect(by.asked()[1]?.allowed).toEqual(allow);
  expect(by.asked()[1]?.refusals.map(({ allow: phrase, allowed }) => [phrase, allowed])).toEqual(
    [...allow.slice(1)]
      .sort((one, other) => (one === 'deletions:release' ? -1 : other === 'deletions:release' ? 1 : 0))
      .map((phrase) => [phrase, true]),
  );
  expect(by.records()[0]?.allowed).toEqual(allow);
});

test('gates of a channel replace those of the config, and are asked in order until one says no', async () => {
  const asked: string[] = [];
  const server = await startAnswers((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify({ allow: request.url !== '/second', reason: 'too late' }));
  });
  onTestFinished(() => server.stop());
  const gates = ['first', 'second', 'third'].map((name) => `{ name: ${name}, url: "${server.url}/${name}" }`);
  const by = await gated(`channels: { prod: { gates: [${gates.join(', ')}] }, lab: { gates: [] } }\n`);
  await by.write({ web: configMaps(3) });
  const ended = await by.publish();
  expect([ended.code, asked]).toEqual([3, ['/first', '/second']]);
  expect(ended.receipt?.error?.message).toBe('Gate "second" does not let this release go on: too late');
  expect(await by.publish(['--channel', 'lab'])).toMatchObject({ code: 0 });
  expect(await by.publish(['--channel', 'staging'])).toMatchObject({ code: 0 });
  expect([asked.length, by.asked().length]).toEqual([2, 1]);
});

test('tokens of gates and values of Secrets are in nothing that is asked, said or left', async () => {
  const [token, value] = ['canary-of-a-token', 'canary-of-a-secret'];
  const server = await startAnswers((request, response) => {
    response.end(JSON.stringify({ allow: false, reason: `no ${request.headers.authorization}` }));
  });
  onTestFinished(() => server.stop());
  const own = `{ name: server, url: "${server.url}/ask", token: "env://TICKETS" }`;
  const by = await gated(`channels: { lab: { gates: [${own}] } }\ncheck: { rules: { hygiene/plain-secret: off } }\n`);
  const secret = (text: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: payments }\nstringData: { password: "${text}" }\n`;
  await by.write({ web: [secret(value), ...configMaps(2)] });
  const said = [await by.publish(), await by.publish(['--channel', 'lab'], { TICKETS: token })];
  await by.write({ web: [secret(`${value}-two`), ...configMaps(2)] });
  for (const way of [[], ['--verbose'], ['--output', 'json']])
    said.push(
      await by.run(['publish', ...way]),
      await by.run(['publish', '--channel', 'lab', ...way], { TICKETS: token }),
    );
  expect(said.map(({ code }) => code)).toEqual([0, 3, 0, 3, 0, 3, 0, 3]);
  const texts = [...said.map(({ stdout, stderr }) => stdout + stderr), JSON.stringify(by.asked())];
  const records = [...by.held()].filter(([path]) => path.includes('/releases/'));
  texts.push(...records.map(([, bytes]) => Buffer.from(bytes, 'base64').toString()));
  const found = [token, value].flatMap(formsOf).filter((form) => texts.some((text) => text.includes(form)));
  expect(found).toEqual([]);
  expect(by.asked().length).toBe(2);
});

/** A fleet whose only gate lets a rival publish to the same channel before it says yes, the first time. */
async function overtaken(rival: Record<string, readonly string[]>): Promise<{
  readonly by: PlainFleet;
  readonly asked: () => number;
  readonly start: () => void;
}> {
  let [asks, armed] = [0, false];
  const server = await startAnswers((_, response) => {
    asks += 1;
    const overtake = async (): Promise<void> => {
      armed = false;
      const ended = await by.run(['publish', '--config', 'rival.yaml']);
      if (ended.code !== 0) throw new Error(ended.stderr);
    };
    void (armed ? overtake() : Promise.resolve()).then(() => response.end('{"allow": true}'));
  });
  onTestFinished(() => server.stop());
  const by = await plainFleet(`gates: [{ name: change, url: "${server.url}" }]\n`);
  await by.write(rival, 'rival');
  const config = readFileSync(join(by.dir, 'slipway.yaml'), 'utf8');
  writeFileSync(join(by.dir, 'rival.yaml'), config.replace('apps/*', 'rival/*').replace(/^gates.*$/m, ''));
  const start = (): void => {
    armed = true;
  };
  return { by, asked: () => asks, start };
}

test('after a lost race the release is weighed against what won, which may hold it back', async () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: payments }\n';
  const { by, asked, start } = await overtaken({ web: [namespace, ...configMaps(12)] });
  await by.write({ web: configMaps(12) });
  await by.publish();
  await by.write({ web: configMaps(12, 1) });
  start();
  const ended = await by.publish();
  expect([ended.code, ended.receipt?.outcome, asked()]).toEqual([3, 'refused', 2]);
  expect(ended.receipt?.refusals.map(({ allow }) => allow)).toEqual(['delete:Namespace/payments@web']);
  expect(by.records().map(({ generation }) => generation)).toEqual([2, 1]);
});

test('after a lost race who agreed is not asked again where the release stays the same', async () => {
  const { by, asked, start } = await overtaken({ web: configMaps(3), api: configMaps(2, 60) });
  await by.write({ web: configMaps(3), api: configMaps(2, 50) });
  await by.publish();
  await by.write({ web: configMaps(3, 1), api: configMaps(2, 50) });
  start();
  const ended = await by.publish(['--artifact', 'web']);
  expect([ended.code, ended.receipt?.generation, asked()], ended.stderr).toEqual([0, 3, 2]);
  expect(by.records().map(({ gates }) => gates.length)).toEqual([1, 0, 1]);
});
