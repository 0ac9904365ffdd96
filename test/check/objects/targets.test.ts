import { describe, expect, test } from 'vitest';
import { autoscaler, networkPolicy, pod, service, statefulSet } from './bases.ts';
import { breachesOf, type Changes, changed } from './breaches.ts';

/** What one version of Kubernetes refuses and the other takes. */
const MOVED: readonly (readonly [string, unknown, Changes, { readonly refuses: string; readonly takes: string }])[] = [
  ['a digit first in the name of a Service', service, { 'metadata.name': '1web' }, { refuses: '1.35', takes: '1.36' }],
  [
    'punctuation in the name of a variable',
    pod,
    { 'spec.containers.0.env.0.name': 'A/B' },
    { refuses: '1.31', takes: '1.32' },
  ],
  [
    'an underscore in a domain to search in',
    pod,
    { 'spec.dnsConfig': { searches: ['_tcp.example.com'] } },
    { refuses: '1.32', takes: '1.33' },
  ],
  [
    'bits behind the mask of a range',
    networkPolicy,
    { 'spec.ingress.0.from.0.ipBlock': { cidr: '10.0.0.1/8' } },
    { refuses: '1.36', takes: '1.35' },
  ],
  [
    'leading zeros in an address',
    pod,
    { 'spec.hostAliases': [{ ip: '192.000.002.001', hostnames: ['web'] }] },
    { refuses: '1.36', takes: '1.35' },
  ],
  [
    'a scaled object without group',
    autoscaler,
    { 'spec.scaleTargetRef.apiVersion': undefined },
    { refuses: '1.36', takes: '1.35' },
  ],
  [
    'a dot in the Service of a StatefulSet',
    statefulSet,
    { 'spec.serviceName': 'web.eu' },
    { refuses: '1.36', takes: '1.35' },
  ],
];

describe('by version of Kubernetes', () => {
  test.each(MOVED)('%s', (_, base, changes, { refuses, takes }) => {
    const object = changed(base, changes);
    expect(breachesOf(object, refuses)).toHaveLength(1);
    expect(breachesOf(object, takes)).toEqual([]);
  });
});
