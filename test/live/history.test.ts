/** `slipway log`, `status` and `whois` by the command line, on a registry and a bucket in this process. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { logSchema, statusSchema, whoisSchema } from '../../scripts/live-schema.ts';
import { recordSchema } from '../../scripts/record-schema.ts';
import { runProgram } from '../../src/commands/program.ts';
import type { ReleaseLog, ReleaseRecord, Status, Whois } from '../../src/model.ts';
import { encode } from '../../src/ship/document.ts';
import { CONFIG, clusters, yaml } from '../flow/fleet.ts';
import { type SourceTree, sourceTree } from '../flow/source-tree.ts';
import { type Contents, type Stage, startStage } from '../flow/stage.ts';

const CI = {
  ...{ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'ann', GITHUB_RUN_NUMBER: '12', GITHUB_RUN_ID: '77' },
  ...{
    GITHUB_REPOSITORY: 'acme/fleet',
    GITHUB_WORKFLOW_REF: 'acme/fleet/.github/workflows/release.yml@refs/heads/main',
  },
};
const URL = 'https://github.com/acme/fleet/actions/runs/77';

const FREEZING = { ...CI, GITHUB_ACTOR: 'bob', GITHUB_RUN_NUMBER: '13', GITHUB_RUN_ID: '78' };

let tree: SourceTree;
let filled: Contents;
let commits: readonly string[] = [];

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function slipway(
  stage: Stage,
  argv: readonly string[],
  options: { now?: string; env?: object } = {},
): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const output = (name: keyof typeof texts) => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const { now = '2026-05-02T00:00:00Z', env = {} } = options;
  const context = {
    ...{ cwd: tree.dir, env: { PATH: process.env.PATH, HOME: tree.dir, ...stage.env, ...env } },
    ...{ stdout: output('stdout'), stderr: output('stderr'), isTTY: false, columns: 80 },
    ...{ signal: new AbortController().signal, now: () => new Date(now), tool: '0.4.2' },
  };
  return { code: await runProgram([...argv, '--quiet'], context, '0.4.2'), ...texts };
}

async function done(
  stage: Stage,
  argv: readonly string[],
  options: { now?: string; env?: object } = {},
): Promise<string> {
  const { code, stdout, stderr } = await slipway(stage, argv, options);
  expect({ argv, code, stderr }).toEqual({ argv, code: 0, stderr: '' });
  return stdout;
}

/** Four generations: both artifacts, then `south`, then a freeze; the third of them misses the registry. */
beforeAll(async () => {
  tree = await sourceTree();
  const stage = await startStage();
  const both = { 'slipway.yaml': CONFIG.replace('channel: prod', 'channel: prod\nquorum: 1') };
  const first = await tree.commit({ ...both, ...clusters('one') });
  await done(stage, ['publish', '--version', '1.0.0'], { now: '2026-05-01T10:00:00Z' });
  const second = await tree.commit({ 'clusters/south/cm.yaml': yaml('south', 'two') });
  await done(stage, ['publish'], { now: '2026-05-01T11:00:00Z', env: CI });
  await done(stage, ['freeze', 'prod', '--reason', 'end of the quarter'], {
    now: '2026-05-01T12:00:00Z',
    env: FREEZING,
  });
  commits = [first, second].map(String);
  filled = stage.contents();
  await stage.stop();
});

async function staged(change: (contents: Contents) => void = () => undefined): Promise<Stage> {
  const stage = await startStage({ from: filled });
  change(stage.live);
  onTestFinished(() => stage.stop());
  return stage;
}

const asLog = (text: string): ReleaseLog => v.parse(logSchema, JSON.parse(text));
const asStatus = (text: string): Status => v.parse(statusSchema, JSON.parse(text));
const asWhois = (text: string): Whois => v.parse(whoisSchema, JSON.parse(text));
const json = ['--output', 'json'];

const recordKey = (contents: Contents, generation: number): string => {
  const found = [...contents.objects.keys()].find((key) =>
    key.endsWith(`-${String(generation).padStart(9, '0')}.json`),
  );
  return found ?? '';
};
const prunedFrom = (contents: Contents, generation: number): void => {
  contents.objects.delete(recordKey(contents, generation));
  const tags = contents.repositories.get('fleet/releases')?.tags ?? new Map<string, string>();
  const number = `.prod.${String(generation).padStart(9, '0')}.`;
  for (const tag of tags.keys()) if (tag.includes(number)) tags.delete(tag);
};

describe('slipway log', () => {
  test('shows generations with who, when, from which run, and what they changed', async () => {
    const stage = await staged();
    const [first = '', second = ''] = commits.map((commit) => commit.slice(0, 12));
    expect(await done(stage, ['log'])).toBe(
      [
        'GENERATION  KIND     AT                    BY   COMMIT',
        `3           freeze   2026-05-01T12:00:00Z  bob  ${second}  no content changed`,
        '            reason: end of the quarter',
        `            run 13 of acme/fleet/.github/workflows/release.yml, ${URL.replace('77', '78')}`,
        `2           publish  2026-05-01T11:00:00Z  ann  ${second}  changed south`,
        `            run 12 of acme/fleet/.github/workflows/release.yml, ${URL}`,
        `1           publish  2026-05-01T10:00:00Z       ${first}  added north, south`,
        '            version 1.0.0',
        '',
      ].join('\n'),
    );
  });

  test('a record keeps the run of its floor, by which shallow clones are ordered, and names its own', () => {
    const bytes = filled.objects.get(recordKey(filled, 3))?.bytes ?? Buffer.from('{}');
    const pipeline = 'acme/fleet/.github/workflows/release.yml';
    expect(v.parse(recordSchema, JSON.parse(Buffer.from(bytes).toString()))).toMatchObject({
      ...{ by: 'bob', pipeline, runNumber: 12, tool: '0.4.2' },
      job: { pipeline, runNumber: 13, url: URL.replace('77', '78') },
    });
  });

  test('has everything as JSON, of one artifact too, and tells how much more there is', async () => {
    const stage = await staged();
    const log = asLog(await done(stage, ['log', 'prod', '--limit', '2', ...json]));
    expect(log.generations.map(({ generation }) => generation)).toEqual([3, 2]);
    expect(log.older).toBe(1);
    const job = { pipeline: 'acme/fleet/.github/workflows/release.yml', runNumber: 12, url: URL };
    expect(log.generations[1]).toMatchObject({
      by: 'ann',
      job,
      tool: '0.4.2',
      commits: [commits[1]],
      stores: ['eu', 'us'],
    });
    const north = asLog(await done(stage, ['log', '--artifact', 'north', ...json]));
    expect(north.generations.map(({ generation }) => generation)).toEqual([1]);
    expect(await slipway(stage, ['log', '--artifact', 'nort'])).toMatchObject({
      code: 4,
      stderr: [
        'error[NOT_FOUND]: Cannot show the log of artifact "nort": no kept generation of channel "prod" has it',
        'hint: did you mean "north"',
        '',
      ].join('\n'),
    });
  });

  test('tells what was live at a time', async () => {
    const stage = await staged();
    const text = await done(stage, ['log', '--at', '2026-05-01T11:30']);
    expect(text.split('\n')[0]).toBe(
      'At 2026-05-01T11:30:00Z generation 2 of prod was live; until 2026-05-01T12:00:00Z',
    );
    const { at, generations } = asLog(await done(stage, ['log', '--at', '2026-05-01T12:59:59+02:00', ...json]));
    expect(at).toMatchObject({ time: '2026-05-01T10:59:59Z', generation: 1, until: '2026-05-01T11:00:00Z' });
    expect(at?.artifacts.map(({ name, commit }) => [name, commit])).toEqual([
      ['north', commits[0]],
      ['south', commits[0]],
    ]);
    expect(generations.map(({ generation }) => generation)).toEqual([1]);
    const later = asLog(await done(stage, ['log', '--at', '2027-01-01', ...json]));
    expect(later.warnings).toEqual(['2027-01-01T00:00:00Z has not come yet: this is what is live now']);
    expect((await slipway(stage, ['log', '--at', '2026-05-01'])).stderr).toBe(
      'error[NOT_FOUND]: Nothing was live in channel "prod" at 2026-05-01T00:00:00Z: the oldest generation that is kept, 1, was made at 2026-05-01T10:00:00Z\nhint: ask for a later time\n',
    );
  });

  test('tells of records that were pruned', async () => {
    const stage = await staged((contents) => prunedFrom(contents, 1));
    expect(asLog(await done(stage, ['log', ...json]))).toMatchObject({
      generations: [{ generation: 3 }, { generation: 2, changes: { added: [], changed: ['south'], removed: [] } }],
      gaps: [{ from: 1, to: 1 }],
    });
    expect(await done(stage, ['log'])).toMatch(/\ngeneration 1 is no longer kept\n$/);
    const { code, stderr } = await slipway(stage, ['log', '--at', '2026-05-01T10:30Z']);
    expect([code, stderr.split('\n')[0]]).toEqual([
      4,
      'error[NOT_FOUND]: Cannot tell what was live in channel "prod" at 2026-05-01T10:30:00Z: the oldest generation that is kept, 2, was made at 2026-05-01T11:00:00Z',
    ]);
  });

  test('puts together what stores keep, and tells which one lacks what, or does not answer', async () => {
    const stage = await staged((contents) => {
      contents.objects.delete(recordKey(contents, 3));
      contents.objects.delete(recordKey(contents, 1));
    });
    const { generations, stores } = asLog(await done(stage, ['log', ...json]));
    expect(generations.map(({ generation, stores: keep }) => [generation, keep])).toEqual([
      [3, ['eu']],
      [2, ['eu', 'us']],
      [1, ['eu']],
    ]);
    expect([stores.eu?.generation, stores.us?.generation]).toEqual([3, 2]);
    expect(await done(stage, ['log', '--limit', '1'])).toContain('            not in us\n');
  });

  test('refuses a record of a newer slipway, and names the version to use', async () => {
    const stage = await staged(ofNewerSlipway);
    const { code, stderr } = await slipway(stage, ['log', '--store', 'us']);
    expect([code, stderr]).toEqual([
      4,
      'error[STORE]: Store "us": Cannot read "releases/default/prod/999999996-000000003.json": slipway 2.1.0 wrote it in schema 2, this one reads up to 1\nhint: use slipway 2.1.0 or newer\n',
    ]);
  });
});

/** The newest record as a slipway to come may write it. */
function ofNewerSlipway(contents: Contents): void {
  const key = recordKey(contents, 3);
  const object = contents.objects.get(key);
  if (object === undefined) throw new Error('there is a third record');
  const record = JSON.parse(Buffer.from(object.bytes).toString()) as ReleaseRecord;
  const newer = encode({ ...record, schema: 2, tool: '2.1.0' } as unknown as ReleaseRecord);
  contents.objects.set(key, { ...object, bytes: Buffer.from(newer) });
}

describe('slipway status', () => {
  test('shows what is live, since when, and where', async () => {
    const stage = await staged();
    const second = commits[1]?.slice(0, 12) ?? '';
    const text = await done(stage, ['status'], { now: '2026-05-01T15:30:00Z' });
    expect(text.replace(/(newest commit \w+ of) \S+/, '$1 TIME')).toBe(
      [
        'prod: generation 3, 3 hours ago',
        '  freeze by bob at 2026-05-01T12:00:00Z',
        `  run 13 of acme/fleet/.github/workflows/release.yml, ${URL.replace('77', '78')}`,
        `  newest commit ${second} of TIME`,
        '  frozen: end of the quarter',
        `  2 artifacts  from ${second}  north, south`,
        '  2 artifacts without a proof: north, south',
        '  STORE  STATE    GENERATION',
        '  eu     current  3',
        '  us     current  3',
        '',
      ].join('\n'),
    );
  });

  test('tells which store lags, which names are behind, and who does not answer', async () => {
    const lagging = await staged((contents) => {
      contents.objects.delete(recordKey(contents, 3));
      contents.objects.delete('gitops/channels/prod/south/manifests.yaml');
    });
    const [channel] = asStatus(await done(lagging, ['status', 'prod', ...json])).channels;
    expect(channel?.stores).toMatchObject({
      eu: { state: 'current', generation: 3, behind: [] },
      us: { state: 'lagging', generation: 2, behind: ['south'] },
    });
    const south = channel?.artifacts.find(({ name }) => name === 'south')?.stores;
    expect(south?.us?.state).toBe('behind');
    expect(south?.eu?.fluxRevision).toMatch(/^prod@sha256:[0-9a-f]{64}$/);
    const env = { AWS_SECRET_ACCESS_KEY: 'another' };
    expect(await done(lagging, ['status'], { env })).toMatch(
      /\n {2}us {5}failed {3}0\n {2}us: error\[AUTH\]: Store "us": .*\n {2}hint: /,
    );
    const { code, stdout, stderr } = await slipway(lagging, ['status', '--store', 'us'], { env });
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(/^error\[AUTH\]: Store "us": /);
  });

  test('of some stores only their channels are shown', async () => {
    const stage = await staged();
    await writeFile(join(tree.dir, 'more.yaml'), `${CONFIG}channels: { staging: { stores: [eu] } }\n`);
    const of = async (store: string): Promise<readonly string[]> =>
      asStatus(await done(stage, ['status', '--config', 'more.yaml', '--store', store, ...json])).channels.map(
        ({ channel }) => channel,
      );
    expect(await of('us')).toEqual(['prod']);
    expect(await of('eu')).toEqual(['prod', 'staging']);
  });

  test('asks a bucket the same however many artifacts there are', async () => {
    const stage = await staged();
    await done(stage, ['status', '--store', 'us']);
    const requests = stage.bucket.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*$/s, '')}`);
    // Marker, channels, versions and the claim; then marker, newest place, record and one listing of names.
    expect(requests.length).toBeLessThanOrEqual(9);
    expect(requests.filter((request) => request.includes('/channels/'))).toEqual([]);
  });

  test('an unknown channel is refused, one of the config has no release yet', async () => {
    const stage = await staged((contents) => {
      contents.objects.clear();
      contents.repositories.clear();
    });
    expect(await done(stage, ['status'])).toBe('prod: no release yet\n');
    expect(await slipway(stage, ['status', 'prodd'])).toMatchObject({
      code: 4,
      stderr:
        'error[NOT_FOUND]: Cannot show the status of channel "prodd": neither the config nor any store knows it\nhint: did you mean "prod"\n',
    });
    expect((await slipway(stage, ['log'])).stderr).toBe(
      'error[NOT_FOUND]: Channel "prod" has no release in these stores\nhint: check the name; slipway status shows the channels that there are\n',
    );
  });
});

describe('slipway whois', () => {
  test('tells where a content, a manifest, a view and a Flux revision come from, and where they are live', async () => {
    const stage = await staged();
    const [channel] = asStatus(await done(stage, ['status', ...json])).channels;
    const south = channel?.artifacts.find(({ name }) => name === 'south');
    const revision = south?.stores.us?.fluxRevision ?? '';
    const asked: readonly (readonly [string, string])[] = [
      [south?.content ?? '', 'content'],
      [south?.stores.eu?.fluxRevision ?? '', 'manifest'],
      [revision, 'revision'],
    ];
    for (const [digest, role] of asked) {
      const { places } = asWhois(await done(stage, ['whois', digest, ...json]));
      expect(places).toMatchObject([
        { artifact: 'south', channel: 'prod', roles: [role], generations: [3, 2], live: ['eu', 'us'] },
      ]);
      expect(places[0]?.first).toMatchObject({ generation: 2, kind: 'publish', by: 'ann', commit: commits[1] });
    }
  });

  test('tells what is no longer live, and the versions that keep it', async () => {
    const stage = await staged();
    const log = asLog(await done(stage, ['log', '--at', '2026-05-01T10:00Z', ...json]));
    const old = log.at?.artifacts.find(({ name }) => name === 'south')?.content ?? '';
    expect(await done(stage, ['whois', old.slice(0, 16)])).toBe(
      [
        old,
        '',
        'the content of south in channel prod',
        '  generation 1; not live',
        '  first: generation 1, publish at 2026-05-01T10:00:00Z',
        `  commit ${commits[0]?.slice(0, 12)}`,
        '',
        'the content of south in version 1.0.0',
        '  claimed at 2026-05-01T10:00:00Z',
        `  commit ${commits[0]?.slice(0, 12)}`,
        '',
      ].join('\n'),
    );
  });

  test('knows what was there before slipway, and so does slipway diff', async () => {
    const bytes = Buffer.from('kind: ConfigMap\napiVersion: v1\nmetadata: { name: theirs }\n');
    const stage = await staged((contents) => {
      const key = 'gitops/channels/prod/south/manifests.yaml';
      const object = contents.objects.get(key);
      if (object === undefined) throw new Error('the bucket shows south');
      contents.objects.set(key, { ...object, bytes, etag: '"foreign"' });
    });
    await slipway(stage, ['publish', '--adopt', '--allow', 'frozen:prod']);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    expect(await done(stage, ['whois', digest])).toBe(
      `${digest}\n\nwhat buckets show of south in channel prod\n  in no generation; not live\n  there before slipway, taken over at 2026-05-02T00:00:00Z\n`,
    );
    expect(asWhois(await done(stage, ['whois', digest, ...json])).places[0]?.generations).toEqual([0]);
    expect(await done(stage, ['diff', digest, 'prod@1'])).toContain('  - ConfigMap theirs\n');
  });

  test('does not say that nothing has it where a store cannot be read', async () => {
    const stage = await staged(ofNewerSlipway);
    const [channel] = asStatus(await done(stage, ['status', ...json])).channels;
    const content = channel?.artifacts.find(({ name }) => name === 'south')?.content ?? '';
    const { stores } = asWhois(await done(stage, ['whois', content, ...json]));
    expect(stores.eu?.error).toBeUndefined();
    expect(stores.us?.error).toMatchObject({ code: 'STORE', hint: 'use slipway 2.1.0 or newer' });
    for (const digest of [[content, '--store', 'us'], ['sha256:00000000']])
      expect(await slipway(stage, ['whois', ...digest])).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/slipway 2\.1\.0 wrote it .*\nhint: use slipway 2\.1\.0 or newer\n$/s),
      });
    expect(await done(stage, ['status', '--store', 'us'])).toMatch(/^prod: no release in the stores that answer\n/);
  });

  test.each([
    ['sha256:1234567', 2, 'error[USAGE]: Cannot look for "sha256:1234567": it is not a digest'],
    ['sha256:00000000', 4, 'error[NOT_FOUND]: No kept release and no version has "sha256:00000000"'],
  ])('%s is answered with what is wrong', async (digest, code, message) => {
    const stage = await staged();
    const ended = await slipway(stage, ['whois', digest]);
    expect([ended.code, ended.stderr.split('\n')[0]]).toEqual([code, message]);
  });
});
