import type { Difference, SharedChanges } from '../../../src/model.ts';

const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pay', name: 'api' };
const file = 'manifests.yaml';
const image = 'spec.template.spec.containers[name=app].image';

const everywhere: SharedChanges = {
  artifacts: ['eu', 'us'],
  files: [],
  changes: [
    {
      ...{ change: 'changed', object, file },
      fields: [
        { path: image, change: 'changed', before: 'api:1', after: 'api:2' },
        { path: 'spec.replicas', change: 'added', after: 2 },
        { path: 'spec.paused', change: 'removed', before: false },
        { path: 'spec.template.spec.volumes', change: 'reordered' },
        { path: 'spec.x', change: 'changed', before: 's-2456789bcd', after: 's-fghkmtg222', follows: true },
      ],
      values: {
        before: { spec: { image: 'api:1', args: ['a', 'b'] } },
        after: { spec: { image: 'api:2', args: ['a', 'b'] } },
      },
    },
    {
      ...{ change: 'renamed', file, references: 1 },
      object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'pay', name: 's-fghkmtg222' },
      from: { name: 's-2456789bcd' },
      fields: [{ path: 'data.text', change: 'changed', before: 'a\nb\nc\n', after: 'a\nx\nc\n' }],
    },
  ],
};

const eu: SharedChanges = {
  artifacts: ['eu'],
  files: [{ change: 'changed', path: 'app.env' }],
  changes: [
    {
      ...{ change: 'changed', file },
      object: { apiVersion: 'v1', kind: 'Secret', name: 'db' },
      fields: [{ path: 'data.password', change: 'changed', masked: true }],
    },
    { change: 'removed', object: { apiVersion: 'v1', kind: 'Service', name: 'old' }, file, fields: [] },
    {
      change: 'moved',
      object: { apiVersion: 'v1', kind: 'Service', name: 'web' },
      file,
      fields: [],
      to: { artifact: 'us', file },
    },
  ],
};

const none = { changes: [], files: [] };

/** Two clusters with a change in common, and one artifact of each other state. */
export const difference: Difference = {
  artifacts: [
    {
      name: 'eu',
      state: 'changed',
      objects: { before: 9, after: 7 },
      changes: [...everywhere.changes, ...eu.changes],
      files: eu.files,
    },
    { name: 'form', state: 'changed', objects: { before: 1, after: 1 }, ...none },
    { name: 'gone', state: 'removed', objects: { before: 1, after: 0 }, ...none },
    { name: 'same', state: 'unchanged', objects: { before: 4, after: 4 }, ...none },
    { name: 'us', state: 'changed', objects: { before: 9, after: 9 }, changes: everywhere.changes, files: [] },
  ],
  sets: [],
  common: [everywhere, eu],
  counts: {
    artifacts: { added: 0, removed: 1, changed: 3, unchanged: 1 },
    objects: { added: 0, removed: 1, changed: 3, moved: 1, renamed: 2 },
    ...{ files: 1, references: 2 },
  },
};

/** Two equal sides. */
export const nothing: Difference = {
  artifacts: [{ name: 'same', state: 'unchanged', objects: { before: 4, after: 4 }, ...none }],
  sets: [],
  common: [],
  counts: {
    artifacts: { added: 0, removed: 0, changed: 0, unchanged: 1 },
    objects: { added: 0, removed: 0, changed: 0, moved: 0, renamed: 0 },
    ...{ files: 0, references: 0 },
  },
};

/** Objects of one artifact, with names and a value that others chose. */
export const chosen = (names: readonly string[], value: unknown): Difference => ({
  ...nothing,
  common: [
    {
      artifacts: ['a'],
      files: [],
      changes: names.map((name) => ({
        ...{ change: 'changed', file, object: { apiVersion: 'v1', kind: 'X', name } },
        fields: [{ path: 'data.a', change: 'changed', before: 1, after: value }],
      })),
    },
  ],
});
