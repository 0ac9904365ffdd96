import { expect, test } from 'vitest';
import { SlipwayError } from '../../../src/errors.ts';
import { refuseHidden } from '../../../src/ship/bucket/source-ignore.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { failure } from './probe-stores.ts';

async function judge(text: string, keyPrefix = 'gitops/eu/'): Promise<unknown> {
  const root = memoryObjects();
  await root.put('.sourceignore', Buffer.from(text), { contentType: 'text/plain' });
  try {
    await refuseHidden(root, keyPrefix);
    return undefined;
  } catch (error) {
    return error instanceof SlipwayError ? [error.code, error.message] : error;
  }
}

const refusal = (rule: string, line: number): readonly string[] => [
  'REFUSED',
  `Cannot publish to this bucket: "${rule}", line ${line} of ".sourceignore" at its root, may hide from Flux what is published`,
];

test.each(['*.yaml', '*', 'web', 'channels/', '/gitops/', 'gitops/eu', '**/prod', '/*', '/gi*/x', '*.md'])(
  'a rule "%s" is refused with its line',
  async (rule) => {
    expect(await judge(`# rules\n\n!keep\r\n${rule}\r\n`)).toEqual(refusal(rule, 4));
  },
);

test.each([
  ['nothing', ''],
  ['comments and blank lines', '# *.yaml\n\n   \n'],
  ['rules that include', '!*.yaml\n'],
  ['paths of other folders', '/docs/\nsite/*.html\nassets/**\n'],
])('a file of %s hides nothing', async (_, text) => {
  expect(await judge(text)).toBeUndefined();
});

test('without a prefix, it is about the folders of ours', async () => {
  expect(await judge('/docs/\n', '')).toBeUndefined();
  expect(await judge('/channels/\n', '')).toEqual(refusal('/channels/', 1));
  expect(await judge('content/sha256/*\n', '')).toEqual(refusal('content/sha256/*', 1));
});

test('where there is none, nothing is read; who may not look there is let pass, and no other failure is', async () => {
  const asked: string[] = [];
  const root = memoryObjects();
  const watched: Objects = {
    ...root,
    get: (key) => {
      asked.push(key);
      return root.get(key);
    },
  };
  await root.put('.sourceignore.bak', Buffer.from('*'), { contentType: 'text/plain' });
  await refuseHidden(watched, '');
  expect(asked).toEqual([]);
  const failing = (code: 'DENIED' | 'NETWORK'): Objects => ({ ...root, list: () => Promise.reject(failure(code)) });
  await expect(refuseHidden(failing('DENIED'), '')).resolves.toBeUndefined();
  await expect(refuseHidden(failing('NETWORK'), '')).rejects.toMatchObject({ code: 'NETWORK' });
});
