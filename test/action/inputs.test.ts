import { expect, test } from 'vitest';
import { commandOf, optionsFrom } from '../../src/commands/action-inputs.ts';

test('the default is to publish, here', () => {
  expect(commandOf({})).toEqual({ command: 'publish', workingDirectory: '.' });
  expect(commandOf({ INPUT_COMMAND: 'build', 'INPUT_WORKING-DIRECTORY': 'sub' })).toEqual({
    command: 'build',
    workingDirectory: 'sub',
  });
  expect(() => commandOf({ INPUT_COMMAND: 'pull' })).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('known are "publish", "build"') }),
  );
});

test('inputs become options: texts trimmed, lists by line, flags by their word, empty ones absent', () => {
  expect(
    optionsFrom({
      INPUT_PATH: ' deploy ',
      INPUT_TO: 'oci://r/app:prod\n\n  s3://bucket/x?a=1&b=2\r\n',
      INPUT_CHANNEL: '',
      'INPUT_DRY-RUN': 'true',
      INPUT_ADOPT: 'false',
      INPUT_VERBOSE: 'True',
      INPUT_UNKNOWN: 'x',
    }),
  ).toEqual({ path: 'deploy', to: ['oci://r/app:prod', 's3://bucket/x?a=1&b=2'], dryRun: true, verbose: true });
});

test('runners that turn hyphens into underscores are understood', () => {
  expect(optionsFrom({ INPUT_DRY_RUN: 'true' })).toEqual({ dryRun: true });
});

test.each([
  [{ 'INPUT_DRY-RUN': 'yes' }, /"dry-run" with "yes"/],
  [{ INPUT_RENDER: 'kustomise' }, /"render" with "kustomise"/],
  [{ INPUT_COMMAND: 'build', INPUT_CHANNEL: 'prod' }, /"channel" with command "build"/],
  [{ INPUT_OUT: 'dist' }, /"out" with command "publish"/],
])('%j is refused', (env, message) => {
  expect(() => optionsFrom(env)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
  );
});
