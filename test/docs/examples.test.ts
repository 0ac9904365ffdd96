import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { receiptSchema } from '../../scripts/receipt-schema.ts';
import { ROOT, readPage } from './markdown.ts';

test('the receipt in docs/receipt.md is one that the schema accepts', () => {
  const page = readPage('docs/receipt.md');
  const [example] = page.blocks.filter(({ language }) => language === 'json');
  expect(() => v.parse(receiptSchema, JSON.parse(example?.text ?? ''))).not.toThrow();
});

test('the example of the library builds, publishes and pulls', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['examples/library/publish.mjs'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH },
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^built shop: sha256:[0-9a-f]{64}, 3 objects$/m);
  expect(stdout).toContain('published: generation 1, file:bucket/channels/live/shop/manifests.yaml');
  expect(stdout).toMatch(/^read back: manifests\.yaml with \d+ bytes$/m);
});
