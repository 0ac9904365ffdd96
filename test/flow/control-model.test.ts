import fc from 'fast-check';
import { test } from 'vitest';
import { commands, play } from './control-commands.ts';
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
