import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commands, lettersOf, play } from './control-commands.ts';
import { ControlWorld } from './control-world.ts';
import { bucket, layouts, registry } from './world.ts';

test('publish, promote, rollback, retire and freeze do what a few lines of plain code say, also when runs are killed', {
  timeout: 120_000,
}, async () => {
  const ports = () => [bucket('us'), registry('mirror', true), layouts('local')];
  await fc.assert(
    fc.asyncProperty(commands(40), (cmds) => play(cmds, ports)),
    { numRuns: 15 },
  );
});

test('a promotion that was made already makes no generation more, also of what came back without a config', async () => {
  const world = new ControlWorld([bucket('us')], lettersOf);
  await world.publish('staging', 1);
  await world.change('staging', { kind: 'retire', names: ['north'], listed: [] });
  await world.change('staging', { kind: 'rollback', to: { kind: 'generation', generation: 1 } });
  for (let time = 0; time < 2; time += 1) expect(await world.promote('staging', 'prod')).toBe('done');
  expect((await world.newest('prod'))?.generation).toBe(1);
});
