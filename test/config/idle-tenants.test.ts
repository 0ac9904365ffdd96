import { expect, test } from 'vitest';
import { refuseIdleTenants } from '../../src/config/idle-tenants.ts';
import type { ArtifactPlan, Tenant } from '../../src/model.ts';

const artifact = (name: string): ArtifactPlan => ({ name, root: `/${name}`, shown: name, render: { kind: 'plain' } });
const tenant = (name: string, ...artifacts: readonly string[]): Tenant => ({ name, artifacts, namespaces: [name] });

test('a tenant whose patterns match no artifact is refused: its artifacts would have no borders', () => {
  expect(() => refuseIdleTenants([tenant('payments', 'payment-*')], [artifact('payments-a'), artifact('web')])).toThrow(
    expect.objectContaining({
      code: 'CONFIG',
      message: 'Tenant "payments" owns no artifact: none is left that "payment-*" matches',
      hint: 'artifacts are "payments-a", "web": correct the patterns, their order (the first match counts), or remove the tenant',
    }),
  );
});

test('a tenant behind a catch-all is refused, since the first match counts', () => {
  expect(() => refuseIdleTenants([tenant('all', '*'), tenant('web', 'web')], [artifact('web')])).toThrow(
    'Tenant "web"',
  );
});

test('tenants that own an artifact each are fine, and so are artifacts without tenant', () => {
  const tenants = [tenant('payments', 'payments-*'), tenant('web', 'w*')];
  expect(() => refuseIdleTenants(tenants, ['payments-a', 'web', 'platform'].map(artifact))).not.toThrow();
  expect(() => refuseIdleTenants([], [])).not.toThrow();
});
