import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commands, play } from '../flow/control-commands.ts';
import { bucket, layouts, registry } from '../flow/world.ts';

test('100 releases of two channels do what a few lines of plain code say, also when runs are killed', {
  timeout: 600_000,
}, async () => {
  let played = 0;
  const ports = () => [bucket('us'), bucket('tarballs'), registry('mirror', true), layouts('local')];
  const runs = fc.asyncProperty(commands(100), async (cmds) => {
    await play(cmds, ports);
    played += [...cmds].length;
  });
  await fc.assert(runs, { numRuns: 60 });
  console.log(`${played} commands`);
  expect(played).toBeGreaterThan(1_000);
});
