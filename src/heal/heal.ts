/** Every channel and every version, one after another: what one reads whole the next does not read again. */
import type { HealSettings } from '../config/resolve-heal.ts';
import type { Healing, Receipt } from '../model.ts';
import { heal } from '../pipeline.ts';
import type { HealPlan, RunContext } from '../plan.ts';
import { openHeal } from './plan.ts';

/** From the best to the worst. */
const ORDER: readonly Healing['outcome'][] = ['unchanged', 'healed', 'planned', 'refused', 'failed'];

const worstOf = (receipts: readonly Receipt[]): Healing['outcome'] =>
  ORDER.findLast((one) => receipts.some(({ outcome }) => outcome === one)) ?? 'unchanged';

async function inTurn(plans: readonly (() => Promise<HealPlan>)[]): Promise<readonly Receipt[]> {
  const receipts: Receipt[] = [];
  for (const open of plans) receipts.push(await heal(await open()));
  return receipts;
}

/**
 * Heals what the settings name. What is refused, lost or out of reach is in the receipts. Throws `CONFIG`, and the error of a
 * store that does not answer where no other store has anything.
 */
export async function healStores(settings: HealSettings, context: RunContext): Promise<Healing> {
  const opened = await openHeal(settings, context);
  const [error] = opened.errors;
  if (error !== undefined && opened.channels.length + opened.versions.length === 0) throw error;
  const channels = await inTurn(opened.channels);
  const versions = await inTurn(opened.versions);
  const { project } = settings.config;
  return { schema: 1, outcome: worstOf([...channels, ...versions]), project, channels, versions };
}
