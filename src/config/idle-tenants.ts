import { bordersOf } from '../check/tenancy/borders.ts';
import { SlipwayError } from '../errors.ts';
import type { ArtifactPlan, Tenant } from '../model.ts';
import { quoted } from './suggest.ts';

/**
 * Refuses a tenant that owns none of the config's artifacts: a slip in its patterns would leave its artifacts without
 * borders, and nobody would see it. Throws `CONFIG`.
 */
export function refuseIdleTenants(tenants: readonly Tenant[], listed: readonly ArtifactPlan[]): void {
  const owners = new Set(listed.map(({ name }) => bordersOf(name, tenants)?.tenant));
  const idle = tenants.find((tenant) => !owners.has(tenant));
  if (idle === undefined) return;
  const names = listed.map(({ name }) => name);
  throw new SlipwayError(
    'CONFIG',
    `Tenant "${idle.name}" owns no artifact: none is left that ${quoted(idle.artifacts)} matches`,
    {
      hint: `artifacts are ${quoted(names)}: correct the patterns, their order (the first match counts), or remove the tenant`,
    },
  );
}
