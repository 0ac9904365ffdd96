import { expect, test } from 'vitest';
import type { Entry } from '../../../src/model.ts';
import { shownBelow, shownBy } from '../../../src/ship/bucket/shown.ts';
import { packed } from '../../flow/world.ts';

const { content, views } = packed('web', 'a');
const web: Entry = {
  name: 'web',
  content: content.digest,
  manifest: content.digest,
  size: 1,
  resources: 1,
  views,
  proofs: [],
  since: 1,
};
const source: Entry = { ...web, name: 'api', views: { tarball: views.tarball } };
const ABOUT = [
  { space: { kind: 'channel', channel: 'prod' }, entries: [web, source] },
  { space: { kind: 'version', version: '1.0.0' }, entries: [source] },
] as const;

test('a run shows the objects of its names', () => {
  expect(shownBy({ layout: undefined, keyPrefix: 'gitops/' }, ABOUT)).toEqual({
    keys: [
      'gitops/channels/prod/web/manifests.yaml',
      'gitops/channels/prod/api/manifests.tgz',
      'gitops/versions/1.0.0/api/manifests.tgz',
    ],
    folders: [],
  });
});

test('and the folders that its roots lead to', () => {
  const [, hex = ''] = content.digest.split(':');
  expect(shownBy({ layout: 'tree', keyPrefix: '' }, ABOUT)).toEqual({
    keys: ['channels/prod/web/root.yaml', 'channels/prod/api/root.yaml', 'versions/1.0.0/api/root.yaml'],
    folders: [`content/sha256/${hex}/`],
  });
});

test('whoever does not know the names knows where they lie', () => {
  expect(shownBelow('gitops/')).toEqual({ keys: [], folders: ['gitops/channels/', 'gitops/versions/'] });
});
