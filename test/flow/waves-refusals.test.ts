import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { waveQuestionSchema } from '../../scripts/promotion-schema.ts';
import type { WaveQuestion } from '../../src/model.ts';
import { outcomes, PROMOTE, removeWorlds, shown, type WavesWorld, wavesWorld } from './waves-command-world.ts';

afterAll(removeWorlds);

describe('what happens to the channel between two waves', () => {
  async function half(): Promise<WavesWorld> {
    const world = await wavesWorld();
    await world.run(...PROMOTE, '--wave', 'canary');
    world.clock += 1_800_000;
    return world;
  }

  test('a freeze ends it until the channel is thawed', async () => {
    const world = await half();
    await world.text('freeze', 'prod', '--reason', 'night');
    const { code, promotion } = await world.run(...PROMOTE);
    expect([code, promotion.error?.message]).toEqual([3, 'Channel "prod" is frozen: night']);
    expect(await world.versions()).toEqual(shown('2', '1'));
    await world.text('unfreeze', 'prod');
    expect((await world.run(...PROMOTE)).code).toBe(0);
    expect(await world.versions()).toEqual(shown('2', '2'));
  });

  test('a change of what a wave brought is not passed over, and may be left as it is', async () => {
    const world = await half();
    await world.text('rollback', '--channel', 'prod', '--to', '1');
    expect(await world.versions()).toEqual(shown('1', '1'));
    const { code, promotion } = await world.run(...PROMOTE);
    expect([code, promotion.outcome, promotion.error]).toEqual([
      3,
      'refused',
      {
        code: 'REFUSED',
        message: 'Channel "prod" moved since wave "canary": "canary-1" and 1 more changed',
        hint: 'slipway log prod shows by whom; to leave that as it is and go on pass --allow moved:canary, to bring the wave again --wave canary with it',
      },
    ]);
    expect(await world.versions()).toEqual(shown('1', '1'));
    const left = await world.run(...PROMOTE, '--allow', 'moved:canary');
    expect(left.promotion.error?.message).toMatch(
      /^Commit "[0-9a-f]{12}" of artifact "east" was rolled back and is blocked$/,
    );
    const blocked = /blocked:[0-9a-f]+/.exec(left.promotion.error?.hint ?? '')?.[0] ?? '';
    const on = await world.run(...PROMOTE, '--allow', 'moved:canary', '--allow', blocked);
    expect(on.promotion.notes).toEqual(['Wave "canary" stays as it is: it was changed since generation 2']);
    expect(await world.versions()).toEqual(shown('1', '2'));
  });

  test('a wave that was changed can be brought again', async () => {
    const world = await half();
    await world.text('rollback', '--channel', 'prod', '--to', '1');
    const again = ['--wave', 'canary', '--allow', 'moved:canary'];
    const { promotion } = await world.run(...PROMOTE, ...again);
    const blocked = /blocked:[0-9a-f]+/.exec(promotion.error?.hint ?? '')?.[0] ?? '';
    expect((await world.run(...PROMOTE, ...again, '--allow', blocked)).code).toBe(0);
    expect(await world.versions()).toEqual(shown('2', '1'));
    const early = await world.run(...PROMOTE, '--wave', 'rest');
    expect(early.promotion.error?.message).toBe(
      'Wave "canary" of channel "prod" has to be live for 30m before the next: 30m left',
    );
  });

  test('a change while it soaks is noticed by the round that would record the next wave', async () => {
    const world = await wavesWorld();
    world.during = async () => {
      if (world.pauses.length !== 30) return;
      world.during = () => undefined;
      const ended = await world.text('rollback', '--channel', 'prod', '--to', '1');
      expect(ended.code).toBe(0);
    };
    const { code, promotion } = await world.run(...PROMOTE);
    expect([code, promotion.error?.message]).toEqual([
      3,
      'Channel "prod" moved since wave "canary": "canary-1" and 1 more changed',
    ]);
    expect(await world.versions()).toEqual(shown('1', '1'));
  });
});

describe('the gate of a wave', () => {
  const GATED =
    '[{ name: canary, artifacts: [canary-*], soak: 30m, gate: { run: [node, gate.mjs], timeout: 10s } }, { name: rest }]';
  const answering = (answer: string): string =>
    `import { appendFileSync, readFileSync } from 'node:fs';\nappendFileSync('asked.log', readFileSync(0));\n${answer}\n`;

  async function gated(answer: string): Promise<WavesWorld> {
    const world = await wavesWorld(GATED);
    await writeFile(join(world.dir, 'gate.mjs'), answering(answer));
    return world;
  }

  test('is asked when the soak is over, with what it is about', async () => {
    const world = await gated('console.log(JSON.stringify({ allow: true, reference: "CHG-1" }))');
    const { code, promotion } = await world.run(...PROMOTE);
    expect(code).toBe(0);
    expect(promotion.waves[0]?.gate).toEqual({ name: 'canary', reference: 'CHG-1' });
    const asked = (await readFile(join(world.dir, 'asked.log'), 'utf8')).trimEnd().split('\n');
    expect(asked).toHaveLength(1);
    const question = JSON.parse(asked[0] ?? '') as WaveQuestion;
    expect(v.safeParse(waveQuestionSchema, question).issues).toBeUndefined();
    expect(question).toMatchObject({
      ...{ schema: 1, kind: 'wave', project: 'default', channel: 'prod', from: promotion.from },
      ...{ wave: { name: 'canary', step: 1, of: 2 }, generation: 2, at: '2026-05-01T12:00:00Z', soaked: 1800 },
    });
    expect(question.artifacts.map(({ name }) => name)).toEqual(['canary-1', 'canary-2']);
  });

  test('is ended when its time is over, which is a no', async () => {
    const world = await gated('setInterval(() => undefined, 1000)');
    await writeFile(
      join(world.dir, 'slipway.yaml'),
      (await readFile(join(world.dir, 'slipway.yaml'), 'utf8')).replace('10s', '1s'),
    );
    const { code, promotion } = await world.run(...PROMOTE);
    expect([code, promotion.outcome]).toEqual([3, 'refused']);
    expect(promotion.error?.message).toMatch(/^Wave "canary" of channel "prod" is not healthy: Gate "canary" .* 1 s/);
    expect(await world.versions()).toEqual(shown('2', '1'));
  });

  test('ends the promotion with its reason, and is asked anew by the next run', async () => {
    const world = await gated('console.log(JSON.stringify({ allow: false, reason: "2 errors" }))');
    const { code, promotion } = await world.run(...PROMOTE);
    expect([code, promotion.outcome, promotion.error]).toEqual([
      3,
      'refused',
      {
        code: 'REFUSED',
        message:
          'Wave "canary" of channel "prod" is not healthy: Gate "canary" does not let this release go on: 2 errors',
        hint: 'no later wave was begun; run the same command again to ask once more, or take it back: slipway rollback --channel prod',
      },
    ]);
    expect(await world.versions()).toEqual(shown('2', '1'));
    await writeFile(join(world.dir, 'gate.mjs'), answering('console.log(JSON.stringify({ allow: true }))'));
    const again = await world.run(...PROMOTE, '--wave', 'rest');
    expect([again.code, outcomes(again.promotion)]).toEqual([0, ['rest published 3']]);
  });
});
