import { expect, test } from 'vitest';
import { check, explain, SlipwayError } from '../src/index.ts';
import { tree } from './config/tree.ts';

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
