import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { listingPath, REMOVED, shownFiles } from '../../../src/ship/bucket/tree-listing.ts';

const files = (...paths: readonly string[]): Parameters<typeof shownFiles>[0] =>
  paths.map((path) => ({ path, bytes: Buffer.from(path) }));
const listed = (...paths: readonly string[]): unknown => {
  const made = shownFiles(files(...paths)).at(-1);
  expect(made?.path).toBe('kustomization.yaml');
  return (load(Buffer.from(made?.bytes ?? []).toString('utf8')) as { readonly resources: unknown }).resources;
};

describe('the listing of a tree', () => {
  test('has every YAML file, in the order in which kustomize-controller walks', () => {
    expect(
      listed('a.yaml', 'a/z.yml', 'a-b/x.yaml', 'B.yaml', 'a.json', 'räume/😀.yaml', 'a.yaml.txt', '.git/c.yaml'),
    ).toEqual(['./.git/c.yaml', './B.yaml', './a/z.yml', './a-b/x.yaml', './a.yaml', './räume/😀.yaml']);
  });

  test.each(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])(
    'has a folder with a %s as one entry, whatever lies below',
    (name) => {
      expect(listed('app.yaml', `base/deep/${name}`, `base/${name}`, 'base/app.yaml', 'base/x/app.yaml')).toEqual([
        './app.yaml',
        './base',
      ]);
    },
  );

  test.each(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])(
    'is the own %s where there is one',
    (name) => {
      const own = files('app.yaml', name);
      expect(shownFiles(own)).toBe(own);
      expect(listingPath(['app.yaml', name])).toBe(name);
    },
  );

  test('quotes what YAML would read otherwise', () => {
    expect(listed('a: b #.yaml', '"q".yaml', '- x.yaml')).toEqual(['./"q".yaml', './- x.yaml', './a: b #.yaml']);
  });
});

test('what stands there while a tree is deleted names what is never there, and says why', () => {
  const text = Buffer.from(REMOVED).toString('utf8');
  expect(load(text)).toMatchObject({ resources: ['./this-tree-was-deleted-by-slipway-prune.yaml'] });
  expect(text).toMatch(/^# slipway prune deletes this tree/);
});
