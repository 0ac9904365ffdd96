import { describe, expect, test } from 'vitest';
import { configMap, crd, cronJob, role, service, statefulSet } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'a name with capitals',
    configMap,
    { 'metadata.name': 'Web_Settings' },
    [
      'object/name metadata.name: metadata.name is "Web_Settings", which is not a DNS name (at most 253 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part)',
    ],
  ],
  [
    'a name that is too long',
    service,
    { 'metadata.name': 'w'.repeat(64) },
    [
      'object/name metadata.name: metadata.name is "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", which is not a DNS label (at most 63 of a-z, 0-9 and "-", with a letter or digit first and last; until Kubernetes 1.35 with a letter first)',
    ],
  ],
  [
    'a name with a dot where pods are called after it',
    statefulSet,
    { 'metadata.name': 'web.eu' },
    [
      'object/name metadata.name: metadata.name is "web.eu", which is not a DNS label (at most 63 of a-z, 0-9 and "-", with a letter or digit first and last)',
    ],
  ],
  [
    'a CronJob whose Jobs would have names that are too long',
    cronJob,
    { 'metadata.name': 'w'.repeat(53) },
    [
      'object/name metadata.name: metadata.name is "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", which is not a name for a CronJob (at most 52 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part)',
    ],
  ],
  [
    'a slash in a name that may have colons',
    role,
    { 'metadata.name': 'web/read' },
    [
      'object/name metadata.name: metadata.name is "web/read", which is not a name for the API (neither "." nor "..", and without "/" and "%")',
    ],
  ],
  [
    'a beginning of a name',
    configMap,
    { 'metadata.name': undefined, 'metadata.generateName': 'Web-' },
    [
      'object/name metadata.generateName: metadata.generateName is "Web-", which is not a DNS name (at most 253 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part)',
    ],
  ],
  [
    'a namespace',
    configMap,
    { 'metadata.namespace': 'Payments' },
    [
      'object/name metadata.namespace: metadata.namespace is "Payments", which is not a DNS label (at most 63 of a-z, 0-9 and "-", with a letter or digit first and last)',
    ],
  ],
  [
    'a key of a label',
    configMap,
    { 'metadata.labels': { 'app name': 'web' } },
    [
      'object/labels metadata.labels["app name"]: metadata.labels has the key "app name", which is not a label key such as "app" or "example.com/app" (at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit first and last, after an optional DNS name and "/")',
    ],
  ],
  [
    'a value of a label',
    configMap,
    { 'metadata.labels': { team: 'payments & more' } },
    [
      'object/labels metadata.labels.team: labels.team is "payments & more", which is not a label value (at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit first and last, or nothing)',
    ],
  ],
  ['a label without value', configMap, { 'metadata.labels': { team: null } }, []],
  [
    'a key of an annotation',
    configMap,
    { 'metadata.annotations': { 'example.com/a/b': 'x' } },
    [
      'object/labels metadata.annotations["example.com/a/b"]: metadata.annotations has the key "example.com/a/b", which is not an annotation key such as "note" or "example.com/note" (at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit first and last, after an optional DNS name and "/")',
    ],
  ],
  ['a capital domain of an annotation', configMap, { 'metadata.annotations': { 'Example.com/a': 'x' } }, []],
  [
    'annotations that are too large',
    configMap,
    { 'metadata.annotations': { note: 'x'.repeat(262141) } },
    ['object/labels metadata.annotations: The annotations have 262145 bytes, but 262144 is the most'],
  ],
  ['annotations just not too large', configMap, { 'metadata.annotations': { note: 'x'.repeat(262140) } }, []],
  [
    'a finalizer without domain',
    configMap,
    { 'metadata.finalizers': ['cleanup'] },
    [
      'object/name metadata.finalizers[0]: metadata.finalizers[0] is "cleanup", but a finalizer needs a domain before its name',
    ],
  ],
  ['a finalizer without domain of a kind that needs none', crd, { 'metadata.finalizers': ['cleanup'] }, []],
  [
    'finalizers that exclude each other',
    configMap,
    { 'metadata.finalizers': ['orphan', 'foregroundDeletion'] },
    [
      'object/conflict metadata.finalizers: metadata.finalizers has "orphan" and "foregroundDeletion", which exclude each other',
    ],
  ],
  [
    'two controllers',
    configMap,
    {
      'metadata.ownerReferences': [
        { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '1', controller: true },
        { apiVersion: 'v1', kind: 'Pod', name: 'b', uid: '2', controller: true },
      ],
    },
    [
      'object/conflict metadata.ownerReferences: metadata.ownerReferences names 2 controllers, but an object has one at most',
    ],
  ],
];

describe('metadata', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});
