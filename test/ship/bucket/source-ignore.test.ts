import { expect, test } from 'vitest';
import { hides, hidingRule, rulesAt, type Shown } from '../../../src/ship/bucket/source-ignore.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { failure } from './probe-stores.ts';

async function bucketWith(text: string): Promise<Objects> {
  const root = memoryObjects();
  await root.put('.sourceignore', Buffer.from(text), { contentType: 'text/plain' });
  return root;
}

const file = (key: string): Shown => ({ keys: [key], folders: [] });
const below = (folder: string): Shown => ({ keys: [], folders: [folder] });

/** The text of the rule that hides something, and its line. */
async function judge(text: string, shown: Shown): Promise<readonly [string, number] | undefined> {
  const rule = hidingRule(await rulesAt(await bucketWith(text)), shown);
  return rule && [rule.text, rule.line];
}

const WEB = 'gitops/eu/channels/prod/web/manifests.yaml';

test.each([
  '*.yaml',
  '*',
  'web',
  'manifests.*',
  'channels/',
  '/gitops/',
  'gitops/eu',
  'gitops/eu/channels/prod/',
  '**/prod',
  '/*',
  '/gi*/eu',
  '[g]itops/**',
  '/gitops/*/channels/*/web/*.yaml',
])('a rule "%s" hides the name, and is told with its line', async (rule) => {
  expect(await judge(`# rules\n\n!keep\r\n${rule}\r\n`, file(WEB))).toEqual([rule, 4]);
});

test.each([
  '',
  '# *.yaml',
  '   ',
  '!*.yaml',
  '/docs/',
  'site/*.html',
  '*.md',
  'api',
  'manifests.yaml/',
  '/gitops/us/**',
  '/gitops/eu/docs/',
  'gitops/*.md',
  'gitops/eu/channels/old/**',
  '/gitops/eu\\ x/',
  'git**/eu/x',
  '/**',
  '\uFEFF# comment',
])('a rule "%s" hides nothing of the name', async (rule) => {
  expect(await judge(`${rule}\n`, file(WEB))).toBeUndefined();
});

test('the last rule about a name counts', async () => {
  expect(await judge('/*\n!/gitops/**\n', file(WEB))).toBeUndefined();
  expect(await judge('!/gitops/**\n/*\n', file(WEB))).toEqual(['/*', 2]);
  expect(await judge('/*\n!/gitops/**\nweb\n', file(WEB))).toEqual(['web', 3]);
});

const TREE = 'gitops/content/sha256/abc/';

test.each(['*.md', 'README', '/gitops/content/', '**/docs', 'gitops/**/x', 'gitops/content/sha256/abc/docs/'])(
  'a rule "%s" may hide files of a tree, whose names nobody asked for',
  async (rule) => {
    expect(await judge(`${rule}\n`, below(TREE))).toEqual([rule, 1]);
  },
);

test.each(['/docs/', 'gitops/channels/old/**', 'gitops/content/sha256/def/', '*.md\n!/gitops/**'])(
  'rules "%s" hide no file of the tree',
  async (rules) => {
    expect(await judge(`${rules}\n`, below(TREE))).toBeUndefined();
  },
);

test('a rule that includes some files of a folder does not keep the others', async () => {
  expect(await judge('/gitops/\n!*.yaml\n', below(TREE))).toEqual(['/gitops/', 1]);
});

test('the refusal names the rule', () => {
  expect(hides({ line: 4, text: '*.yaml' })).toMatchObject({
    code: 'REFUSED',
    message:
      'Cannot publish to this bucket: "*.yaml", line 4 of ".sourceignore" at its root, may hide from Flux what is published',
    hint: 'remove that line, or ".sourceignore": it holds for every Bucket that reads there',
  });
});

test('where there is none, or an empty one, nothing is read; what cannot be looked at is told', async () => {
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
  expect(await rulesAt(watched)).toEqual([]);
  await root.put('.sourceignore', Buffer.from(''), { contentType: 'text/plain' });
  expect(await rulesAt(watched)).toEqual([]);
  expect(asked).toEqual([]);
  const failing: Objects = { ...root, list: () => Promise.reject(failure('NETWORK')) };
  await expect(rulesAt(failing)).rejects.toMatchObject({ code: 'NETWORK' });
});
