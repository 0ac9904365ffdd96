import { expect, test } from 'vitest';
import { diff } from '../../src/index.ts';
import { tree } from '../config/tree.ts';

const settings = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  value: ${value}\n`;

test('diff answers what is different, and throws what kept it from looking', async () => {
  const context = { cwd: await tree({ 'one/a.yaml': settings('one'), 'two/a.yaml': settings('two') }), env: {} };
  const { schema, sides, counts, sets } = await diff({ sides: ['./one', './two'] }, context);
  expect([schema, sides?.before, sides?.after]).toEqual([
    1,
    { kind: 'sources', name: './one' },
    { kind: 'sources', name: './two' },
  ]);
  expect(counts).toMatchObject({ artifacts: { changed: 1 }, objects: { changed: 1 } });
  expect(sets[0]?.changes[0]?.fields).toEqual([{ path: 'data.value', change: 'changed', before: 'one', after: 'two' }]);
  await expect(diff({ sides: ['./one', './none'] }, context)).rejects.toMatchObject({ code: 'SOURCE' });
  await expect(diff({}, context)).rejects.toMatchObject({ code: 'USAGE' });
});
