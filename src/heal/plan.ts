/** Wiring of `slipway heal`: the stores of a config, opened once, and a plan for each channel and version in them. */
import { channelTarget, type HealSettings, type HealTarget, versionTarget } from '../config/resolve-heal.ts';
import type { VerifySettings } from '../config/seal-settings.ts';
import { didYouMean } from '../config/suggest.ts';
import { asSlipwayError, SlipwayError } from '../errors.ts';
import type { ProofPolicy, RequestCount } from '../model.ts';
import { openPolicy } from '../open-seal.ts';
import { openStore } from '../open-store.ts';
import { type HealPlan, type RunContext, storeContext, thisRun } from '../plan.ts';
import { mendingStore } from '../ship/heal/mending-store.ts';
import type { Meter } from '../ship/ports.ts';
import { MAKES_NOTHING, type ReleasePlan } from '../ship/release-plan.ts';
import type { Store } from '../ship/store.ts';
import { stopwatch } from '../stopwatch.ts';

/** One store of the run. */
interface Opened {
  readonly store: Store;
  readonly meter: Meter;
  /** What was read whole here. */
  readonly sound: Set<string>;
  /** Why it could not be asked what it has: who waited for it once does not wait for it again. */
  readonly unreachable?: SlipwayError;
}

/** What the stores have of the project. */
interface Found {
  /** By channel and by version, the names of the stores that have it. */
  readonly channels: ReadonlyMap<string, ReadonlySet<string>>;
  readonly versions: ReadonlyMap<string, ReadonlySet<string>>;
  /** Why stores could not be asked, by their names. */
  readonly errors: ReadonlyMap<string, SlipwayError>;
}

/** Everything that there is to heal. */
export interface OpenedHeal {
  readonly channels: readonly (() => Promise<HealPlan>)[];
  readonly versions: readonly (() => Promise<HealPlan>)[];
  /** Why stores could not be asked what they have, in the order of the config. */
  readonly errors: readonly SlipwayError[];
}

async function lookIn(opened: readonly Opened[]): Promise<Found> {
  const channels = new Map<string, Set<string>>();
  const versions = new Map<string, Set<string>>();
  const note = (into: Map<string, Set<string>>, what: readonly string[], { name }: Store): void => {
    for (const one of what) into.set(one, (into.get(one) ?? new Set<string>()).add(name));
  };
  const errors = new Map<string, SlipwayError>();
  await Promise.all(
    opened.map(async ({ store }) => {
      try {
        await store.open();
        const [inChannels, claimed] = await Promise.all([store.ledger.channels(), store.ledger.versions()]);
        note(channels, inChannels, store);
        note(versions, claimed, store);
      } catch (thrown) {
        const error = asSlipwayError(thrown);
        if (error.code === 'INTERRUPTED' || error.code === 'INTERNAL') throw error;
        errors.set(store.name, error);
      }
    }),
  );
  return { channels, versions, errors };
}

/** Whether anybody of several may have signed. Throws what the first policy says. */
function anyOf(policies: readonly ProofPolicy[]): ProofPolicy | undefined {
  const [first, ...others] = policies;
  if (first === undefined || others.length === 0) return first;
  return {
    async accepts(artifact, found) {
      for (const policy of policies) {
        const answer = await policy.accepts(artifact, found).catch((thrown) => asSlipwayError(thrown));
        if (Array.isArray(answer)) return answer;
        if ('code' in answer && answer.code !== 'UNTRUSTED') throw answer;
      }
      return first.accepts(artifact, found);
    },
  };
}

/** What ties the plans of a run together. */
interface Shared {
  readonly settings: HealSettings;
  readonly context: RunContext;
  readonly opened: ReadonlyMap<string, Opened>;
  readonly policyOf: (settings: VerifySettings) => Promise<ProofPolicy>;
}

/** Requests from now on, by store. */
function spentSince(opened: readonly Opened[]): () => Readonly<Record<string, RequestCount>> {
  const before = opened.map(({ store, meter }) => ({ name: store.name, meter, start: { ...meter } }));
  return () =>
    Object.fromEntries(
      before.map(({ name, meter, start }) => [
        name,
        { reads: meter.reads - start.reads, writes: meter.writes - start.writes },
      ]),
    );
}

async function planFor(
  { settings, context, opened, policyOf }: Shared,
  what: Pick<ReleasePlan, 'channel' | 'version'>,
  target: HealTarget,
): Promise<HealPlan> {
  const clock = stopwatch();
  const policy = anyOf(await Promise.all(target.policies.map(policyOf)));
  const own = target.stores.flatMap(({ name }) => opened.get(name) ?? []);
  const mending = own.map(({ store, sound, unreachable }) => mendingStore(store, sound, unreachable));
  const spent = spentSince(own);
  const release: ReleasePlan = {
    ...what,
    project: settings.config.project,
    stores: mending.map(({ store }) => store),
    primary: target.primary,
    ...MAKES_NOTHING,
    ...thisRun(context),
    sealing: { signs: false, requires: [], ...(policy && { policy }) },
  };
  const mends = new Map(mending.map((one) => [one.store.name, one.mends]));
  const wrote = (): boolean => Object.values(spent()).some(({ writes }) => writes > 0);
  return {
    release,
    options: { chosen: target.chosen, quorum: target.quorum, mends, wrote },
    clock,
    facts: () => ({ requests: spent(), seconds: clock.seconds(), dryRun: settings.dryRun }),
  };
}

function policies(context: RunContext): Shared['policyOf'] {
  const known = new Map<string, Promise<ProofPolicy>>();
  return (settings) => {
    const key = JSON.stringify(settings);
    const opened = known.get(key) ?? openPolicy(settings, context);
    known.set(key, opened);
    return opened;
  };
}

async function openStores({ config, stores, dryRun }: HealSettings, context: RunContext): Promise<readonly Opened[]> {
  const at = storeContext(context);
  return Promise.all(
    stores.map(async (spec): Promise<Opened> => {
      const meter: Meter = { reads: 0, writes: 0 };
      return { store: await openStore(spec, { project: config.project, dryRun, meter }, at), meter, sound: new Set() };
    }),
  );
}

/** A name that nobody knows is a mistake, unless a store that might know it does not answer. Throws `USAGE`. */
function refuseUnknown({ channels, config }: HealSettings, found: Found): void {
  if (found.errors.size > 0) return;
  const configured = [...Object.keys(config.channels), ...(config.channel === undefined ? [] : [config.channel])];
  const known = [...new Set([...found.channels.keys(), ...configured])].sort();
  const unknown = channels.find((channel) => !known.includes(channel));
  if (unknown === undefined) return;
  const message = `Cannot heal channel "${unknown}": neither the config nor any store knows it`;
  throw new SlipwayError('USAGE', message, { hint: didYouMean(unknown, known) });
}

/** Plans for `slipway heal`. Asks the stores what they have. Throws `CONFIG`, and `USAGE` for a channel that nobody knows. */
export async function openHeal(settings: HealSettings, context: RunContext): Promise<OpenedHeal> {
  const all = await openStores(settings, context);
  const found = await lookIn(all);
  refuseUnknown(settings, found);
  const { errors } = found;
  const opened = new Map(
    all.map((one) => {
      const unreachable = errors.get(one.store.name);
      return [one.store.name, { ...one, ...(unreachable && { unreachable }) }];
    }),
  );
  const shared: Shared = { settings, context, opened, policyOf: policies(context) };
  const { cwd } = context;
  const isWanted = ({ chosen }: HealTarget): boolean => chosen.size > 0;
  const belongs = (channel: string, target: HealTarget): boolean =>
    target.stores.some(({ name }) => found.channels.get(channel)?.has(name) === true);
  const names = settings.channels.length > 0 ? settings.channels : [...found.channels.keys()].sort();
  const channels = names
    .map((channel) => ({ channel, target: channelTarget(settings, channel, cwd) }))
    .filter(({ channel, target }) => isWanted(target) && (settings.channels.length > 0 || belongs(channel, target)));
  const versions = [...found.versions]
    .map(([version, stores]) => ({ version, target: versionTarget(settings, { in: stores, channels: names }, cwd) }))
    .filter(({ target }) => isWanted(target));
  return {
    channels: channels.map(
      ({ channel, target }) =>
        () =>
          planFor(shared, { channel }, target),
    ),
    versions: versions.map(
      ({ version, target }) =>
        () =>
          planFor(shared, { version }, target),
    ),
    errors: all.flatMap(({ store }) => errors.get(store.name) ?? []),
  };
}
