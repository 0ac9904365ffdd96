import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { promotionSchema } from '../../scripts/promotion-schema.ts';
import { outcomes, PROMOTE, removeWorlds, shown, type WavesWorld, wavesWorld } from './waves-command-world.ts';

afterAll(removeWorlds);

/** The records of `prod`, oldest first: kind, wave and the generation of staging. */
async function line({ text }: WavesWorld): Promise<readonly string[]> {
  const { stdout } = await text('log', 'prod', '--output', 'json');
  return stdout.match(/"kind": "[a-z]+"/g) ?? [];
}

const minutes = ({ pauses }: WavesWorld): number => pauses.reduce((sum, one) => sum + one, 0) / 60_000;

test('a promotion goes wave by wave, and the next one waits until the last was live for long enough', async () => {
  const world = await wavesWorld();
  const seen: unknown[] = [];
  world.during = async () => seen.push(await world.versions());
  const { code, promotion, stderr } = await world.run(...PROMOTE);
  expect(code).toBe(0);
  expect(v.safeParse(promotionSchema, promotion).issues).toBeUndefined();
  expect(await world.versions()).toEqual(shown('2', '2'));
  expect(seen).toEqual(Array.from({ length: 30 }, () => shown('2', '1')));
  expect(promotion.outcome).toBe('published');
  expect(promotion.from).toMatchObject({ channel: 'staging', generation: 2 });
  expect(outcomes(promotion)).toEqual(['canary published 2', 'rest published 3']);
  expect(promotion.waves[0]).toMatchObject({
    ...{ step: 1, of: 2, artifacts: ['canary-1', 'canary-2'] },
    soak: { seconds: 1800, since: '2026-05-01T12:00:00Z', waited: 1800 },
  });
  expect(stderr.match(/^wait .*$/gm)?.slice(0, 2)).toEqual(['wait     canary: 30m left', 'wait     canary: 29m left']);
  expect(stderr.match(/^record .*$/gm)).toHaveLength(2);

  world.pauses.length = 0;
  const again = await world.run(...PROMOTE);
  expect([again.code, again.promotion.outcome, minutes(world)]).toEqual([0, 'unchanged', 0]);
  expect(await line(world)).toHaveLength(3);
});

describe('another job goes on where one ended', () => {
  test('with the same bundle, which always brings the same release', async () => {
    const world = await wavesWorld();
    expect((await world.text('pull', 'staging', '--bundle', 'out.tar')).code).toBe(0);
    world.during = () => world.abort();
    const argv = ['publish', '--bundle', 'out.tar', '--channel', 'prod'] as const;
    const { code, stderr } = await world.text(...argv);
    expect(code).toBe(130);
    expect(stderr).toContain('hint: run the same command again, here or in another job: it goes on behind this wave\n');
    world.during = () => undefined;
    const { promotion } = await world.run(...argv);
    expect(outcomes(promotion)).toEqual(['canary unchanged 2', 'rest published 3']);
  });

  test('while a wave soaks, which ends at once when it is interrupted', async () => {
    const world = await wavesWorld();
    world.during = () => world.pauses.length === 10 && world.abort();
    const { code, stderr } = await world.text(...PROMOTE);
    expect(code).toBe(130);
    expect(stderr).toContain('error[INTERRUPTED]: Interrupted while wave "canary" soaks: 21m left\n');
    expect(stderr).toContain(
      'hint: run the same command again with --from staging@2, here or in another job: it goes on behind this wave\n',
    );
    expect(await world.versions()).toEqual(shown('2', '1'));

    world.pauses.length = 0;
    world.during = () => undefined;
    const { promotion } = await world.run(...PROMOTE);
    expect(outcomes(promotion)).toEqual(['canary unchanged 2', 'rest published 3']);
    expect(minutes(world)).toBe(20);
    expect(await world.versions()).toEqual(shown('2', '2'));
  });

  test('with the newest release of the origin, from the first wave on, and says so', async () => {
    const world = await wavesWorld();
    await world.run(...PROMOTE, '--wave', 'canary');
    await world.release('3');
    world.clock += 1_800_000;
    const { promotion, stderr } = await world.run(...PROMOTE);
    const note =
      'Generation 2 of channel "staging" came as far as wave "canary" (1 of 2); generation 3 begins with the first wave. To go on with 2 instead: --from staging@2';
    expect(promotion.notes).toEqual([note]);
    expect(stderr).toContain(`note: ${note}\n`);
    expect(outcomes(promotion)).toEqual(['canary published 3', 'rest published 4']);
    expect(minutes(world)).toBe(30);
    expect(await world.versions()).toEqual(shown('3', '3'));
  });

  test('with the release that it began with, when that is named', async () => {
    const world = await wavesWorld();
    await world.run(...PROMOTE, '--wave', 'canary');
    await world.release('3');
    const { promotion } = await world.run('promote', '--from', 'staging@2', '--to', 'prod');
    expect(promotion.notes).toEqual([]);
    expect(outcomes(promotion)).toEqual(['canary unchanged 2', 'rest published 3']);
    expect(await world.versions()).toEqual(shown('2', '2'));
  });

  test('or past a wave that none of the chosen artifacts is in, and says so', async () => {
    const world = await wavesWorld();
    const { promotion } = await world.run(...PROMOTE, '--artifact', 'east');
    expect(promotion.notes).toEqual(['Wave "canary" brings nothing of what is promoted: nobody waits for it']);
    expect(minutes(world)).toBe(0);
    expect(await world.versions()).toEqual({ ...shown('1', '1'), east: '2' });
  });
});

describe('--wave', () => {
  test('ends behind that wave, and waits for nothing', async () => {
    const world = await wavesWorld();
    const canary = await world.run(...PROMOTE, '--wave', 'canary');
    expect([canary.code, outcomes(canary.promotion)]).toEqual([0, ['canary published 2']]);
    const early = await world.text(...PROMOTE, '--wave', 'rest');
    expect(early.code).toBe(3);
    expect(early.stderr).toContain(
      'error[REFUSED]: Wave "canary" of channel "prod" has to be live for 30m before the next: 30m left\n',
    );
    world.clock += 1_799_000;
    expect((await world.text(...PROMOTE, '--wave', 'rest')).stderr).toContain('30m before the next: 1s left\n');
    world.clock += 1000;
    const rest = await world.run(...PROMOTE, '--wave', 'rest');
    expect([rest.code, outcomes(rest.promotion), minutes(world)]).toEqual([0, ['rest published 3'], 0]);
    expect(await world.versions()).toEqual(shown('2', '2'));
  });

  test('begins nothing behind a wave that is not there', async () => {
    const world = await wavesWorld();
    const { code, promotion } = await world.run(...PROMOTE, '--wave', 'rest');
    expect(code).toBe(3);
    expect(promotion.error).toEqual({
      code: 'REFUSED',
      message: 'Cannot begin wave "rest" of channel "prod": wave "canary" comes before it and is not complete',
      hint: 'promote with --wave canary first, or without --wave',
    });
    expect(await world.versions()).toEqual(shown('1', '1'));
  });

  test('has to be a wave of the channel', async () => {
    const world = await wavesWorld();
    const typo = await world.text(...PROMOTE, '--wave', 'canarys');
    expect([typo.code, typo.stderr]).toEqual([
      2,
      'error[USAGE]: Cannot use --wave "canarys": channel "prod" has no such wave\nhint: did you mean "canary"\n',
    ]);
    const none = await world.text('promote', '--from', 'prod', '--to', 'staging', '--wave', 'canary');
    expect([none.code, none.stderr]).toEqual([
      2,
      'error[USAGE]: Cannot use --wave "canary": channel "staging" has no waves\nhint: write them into the config under channels.staging.waves, or promote without --wave\n',
    ]);
  });
});

test('a dry run shows what each wave would change, and neither waits nor writes', async () => {
  const world = await wavesWorld();
  const { code, promotion } = await world.run(...PROMOTE, '--dry-run');
  expect([code, promotion.outcome, minutes(world)]).toEqual([0, 'planned', 0]);
  const changed = promotion.waves.map(({ receipt }) =>
    receipt?.difference?.artifacts.filter(({ state }) => state !== 'unchanged').map(({ name }) => name),
  );
  expect(changed).toEqual([
    ['canary-1', 'canary-2'],
    ['east', 'west'],
  ]);
  expect(await world.versions()).toEqual(shown('1', '1'));
  const { stdout } = await world.text(...PROMOTE, '--dry-run', '--quiet');
  expect(stdout.match(/^wave .*$/gm)).toEqual([
    'wave canary (1 of 2): 2 artifacts: canary-1, canary-2',
    'wave rest (2 of 2): 2 artifacts: east, west',
  ]);
});

test('a version is claimed for all of it, behind the last wave', async () => {
  const world = await wavesWorld();
  await world.run(...PROMOTE, '--version', '1.4.0', '--wave', 'canary');
  const early = await world.text('promote', '--from', '1.4.0', '--to', 'staging');
  expect(early.stderr).toContain('version "1.4.0": no store has it');
  expect((await world.run(...PROMOTE, '--version', '1.4.0')).code).toBe(0);
  const claim = JSON.parse(await readFile(join(world.dir, 'out/releases/default/versions/1.4.0.json'), 'utf8')) as {
    readonly artifacts: readonly { readonly name: string }[];
  };
  expect(claim.artifacts.map(({ name }) => name)).toEqual(['canary-1', 'canary-2', 'east', 'west']);
  expect((await world.run(...PROMOTE, '--version', '1.4.0')).promotion.outcome).toBe('unchanged');
});
