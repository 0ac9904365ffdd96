import { expect, test } from 'vitest';
import { kindSlip } from '../../../src/check/tenancy/kind-patterns.ts';

test.each([
  ['secret', 'Kubernetes has no kind "secret"', 'did you mean "Secret"'],
  ['NetworkPolicies', 'Kubernetes has no kind "NetworkPolicies"', 'did you mean "NetworkPolicy"'],
  ['core/Secrets', 'Kubernetes has no kind "core/Secrets"', 'did you mean "core/Secret"'],
  ['apps/Deploymnet', 'Kubernetes has no kind "apps/Deploymnet"', 'did you mean "apps/Deployment"'],
  ['apps/Namespace', 'Kubernetes has no kind "apps/Namespace"', 'name the API group of the kind'],
  ['v1/Secret', '"v1" is a version, and no API group', 'did you mean "core/Secret"'],
])('"%s" can match nothing', (pattern, message, hint) => {
  expect(kindSlip(pattern)).toEqual({ message, hint });
});

test.each(['Secret', 'core/Secret', 'apps/*', '*', '*/Role', 'Sec*', 'Ledger', 'example.com/ledger'])(
  '"%s" can match something',
  (pattern) => {
    expect(kindSlip(pattern)).toBeUndefined();
  },
);
