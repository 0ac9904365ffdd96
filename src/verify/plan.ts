/** Wiring of `slipway verify`: references become what is looked at, in the stores where they lie. */
import type { VerifyCommandSettings } from '../config/resolve-verify.ts';
import type { VerifySettings } from '../config/seal-settings.ts';
import { openPolicy } from '../open-seal.ts';
import type { RunContext } from '../plan.ts';
import { channelInspections, type Looks } from './channel.ts';
import { type Bench, fileInspection, objectInspection, tagInspection } from './inspections.ts';
import { once, placesOf } from './places.ts';
import type { PlannedReference, VerifyPlan } from './published.ts';
import { rebuilderOf } from './rebuild.ts';
import { type Target, targetOf } from './targets.ts';

/**
 * A plan for `slipway verify`. Keys and trust roots are read here; stores are asked later. Throws `USAGE` for what is no
 * reference, `CONFIG` for a policy that cannot be used.
 */
export async function openVerify(settings: VerifyCommandSettings, context: RunContext): Promise<VerifyPlan> {
  const shared = {
    settings,
    places: placesOf(context),
    rebuild: settings.rebuild ? rebuilderOf(settings, context) : undefined,
  };
  const judgeOf = once(JSON.stringify, (policy: VerifySettings) => openPolicy(policy, context));
  const references: PlannedReference[] = [];
  for (const asked of settings.targets) {
    const target = await targetOf(asked, { ...settings, cwd: context.cwd });
    const { reference, policy } = asked;
    const bench: Bench = { ...shared, judge: await judgeOf(policy) };
    references.push({ reference, inspections: async () => inspectionsOf(target, reference, bench) });
  }
  return { references };
}

async function inspectionsOf(target: Target, reference: string, bench: Bench): Promise<Looks> {
  switch (target.kind) {
    case 'file':
      return [fileInspection(target, reference, bench)];
    case 'tag':
      return [tagInspection(target, bench)];
    case 'object':
      return [objectInspection(target, reference, bench)];
    case 'channel':
      return channelInspections(target, bench);
  }
}
