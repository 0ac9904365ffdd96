/** Wiring of everything that changes a channel without a build: settings become stores, a policy and a plan. */
import { runnerFacts } from '../config/ci.ts';
import type { ControlSettings } from '../config/resolve-control.ts';
import type { VerifySettings } from '../config/seal-settings.ts';
import { asSlipwayError, SlipwayError } from '../errors.ts';
import type { ProofPolicy, Sealing } from '../model.ts';
import { openGates } from '../open-gates.ts';
import { openPolicy } from '../open-seal.ts';
import { type ControlPlan, maker, openStores, type RunContext, thisRun, weighing } from '../plan.ts';
import type { Change } from '../ship/control/change.ts';
import type { Store } from '../ship/store.ts';
import { stopwatch } from '../stopwatch.ts';
import { gitHistory } from '../wire/git.ts';

/** Who freezes, thaws or retires names nothing new, and need not have what signs at hand. */
const NAMES_NOTHING: readonly Change['kind'][] = ['freeze', 'unfreeze', 'retire'];

async function ownPolicy(own: VerifySettings, channel: string, context: RunContext): Promise<ProofPolicy> {
  try {
    return await openPolicy(own, context);
  } catch (thrown) {
    const { code, message } = asSlipwayError(thrown);
    const hint =
      'name the public key in verify of the config, so that nothing private is needed to judge what was signed';
    throw new SlipwayError(code, `Cannot judge the signatures of channel "${channel}": ${message}`, {
      hint,
      cause: thrown,
    });
  }
}

async function sealingOf({ seal, channel }: ControlSettings, { kind }: Change, context: RunContext): Promise<Sealing> {
  const none: Sealing = { signs: false, requires: [] };
  if (seal.verify !== undefined) return { ...none, policy: await openPolicy(seal.verify, context) };
  if (seal.own === undefined || NAMES_NOTHING.includes(kind)) return none;
  return { ...none, policy: await ownPolicy(seal.own, channel, context) };
}

/**
 * A plan for `control`. Sends nothing yet. `lenders` have the bytes of what is promoted, besides the stores of the channel.
 * Throws `CONFIG`.
 */
export async function openControl(
  settings: ControlSettings,
  change: Change,
  context: RunContext,
  lenders: readonly Store[] = [],
): Promise<ControlPlan> {
  const clock = stopwatch();
  const { config, channel, version, stores: specs, primary, quorum, allowed, dryRun } = settings;
  const { env } = context;
  const { stores, requests } = await openStores(specs, { project: config.project, dryRun }, context);
  return {
    change,
    clock,
    weighing: weighing({ dryRun }),
    gates: dryRun ? [] : openGates(settings.gates, context),
    release: {
      ...{ project: config.project, channel, stores, lenders, primary, quorum, allowed, used: new Set() },
      ...(version !== undefined && { version }),
      provenance: { dirty: false },
      runner: runnerFacts(env),
      ...maker(context),
      // Where there is a clone, it tells which of two commits is newer.
      history: gitHistory({ root: config.dir, env }),
      adopt: false,
      sealing: await sealingOf(settings, change, context),
      ...thisRun(context),
    },
    facts: () => ({
      requests: requests(),
      seconds: clock.seconds(),
      ...{ dryRun, tells: true },
    }),
  };
}
