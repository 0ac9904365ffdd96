/** Opens the publish of a plan: from the sources once more, or from what was built with it. */
import { CONFIG_FILE, findConfig } from '../config/find.ts';
import { gatesOf } from '../config/gates-settings.ts';
import type { LaterPublishOptions, PlannedOptions } from '../config/plan-options.ts';
import type { Config } from '../config/read.ts';
import { type PublishOptions, resolvePublish } from '../config/resolve.ts';
import { resolveSeal } from '../config/resolve-seal.ts';
import type { PublishSettings } from '../config/settings.ts';
import { type ChosenStores, chooseStores } from '../config/stores.ts';
import { usage } from '../config/usage.ts';
import { SlipwayError } from '../errors.ts';
import type { PlanDocument, PlanWork, Receipt } from '../model.ts';
import { publish, publishBuilt } from '../pipeline.ts';
import { openPlan, openRelease, type RunContext } from '../plan.ts';
import { movedError } from '../ship/expected.ts';
import type { Planned } from '../ship/release-plan.ts';
import { stopwatch } from '../stopwatch.ts';
import { readBuilt } from './built.ts';
import { readPlan } from './file.ts';
import { remembered } from './history.ts';
import { baseOf } from './make.ts';
import { keptSettings, type PlannedSettings, restoredSettings, settingsMoved } from './settings.ts';

/** A publish that is opened and has sent nothing yet. */
export interface OpenedPublish {
  readonly artifacts: readonly { readonly name: string; readonly shown: string }[];
  /** Absolute folder that findings are told from. */
  readonly root: string;
  publish(): Promise<Receipt>;
}

/** Opens a publish: of a plan where one is named, else of what the options say. Throws what each of both throws. */
export async function openPublish(options: LaterPublishOptions, context: RunContext): Promise<OpenedPublish> {
  const { plan, built } = options;
  if (plan !== undefined) return openPlanned({ ...options, plan }, context);
  if (built !== undefined) throw usage('Cannot use --built without --plan', 'name the plan that was made with it');
  const settings = await resolvePublish(options, context);
  const opened = await openPlan(settings, context);
  return { artifacts: settings.artifacts, root: settings.check.root, publish: () => publish(opened) };
}

/** Options that the plan answers already, as they are spelled. */
const ANSWERED: Readonly<Partial<Record<keyof PublishOptions, string>>> = {
  path: 'a path',
  to: '--to',
  channel: '--channel',
  version: '--version',
  store: '--store',
  artifact: '--artifact',
  render: '--render',
  primary: '--primary',
  adopt: '--adopt',
  key: '--key',
  keyless: '--keyless',
  legacy: '--legacy',
};

function refuseAnswered(options: PlannedOptions): void {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const asked = Object.entries(ANSWERED).find(([name]) => {
    const value = given[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  // `--render` has a default, which says nothing.
  if (asked === undefined || (asked[0] === 'render' && options.render === 'source')) return;
  throw usage(`Cannot use --plan with ${asked[1]}: the plan says it`, 'make another plan, or publish without one');
}

/** The plan's settings as they are kept; its digest tells that slipway wrote them. */
const settingsIn = ({ settings }: PlanWork): PlannedSettings => settings as unknown as PlannedSettings;

function workOf({ work }: PlanDocument, file: string): PlanWork {
  if (work !== undefined) return work;
  throw usage(
    `Cannot use plan "${file}": it says why nothing can be published`,
    'run slipway plan again when that is done',
  );
}

/** Opens what a plan says. Throws `REFUSED` where the config is not as it was planned, else what opening a publish throws. */
async function openPlanned(options: PlannedOptions, context: RunContext): Promise<OpenedPublish> {
  refuseAnswered(options);
  const plan = await readPlan(options.plan, context.cwd);
  const work = workOf(plan, options.plan);
  if (settingsIn(work).adopt) {
    throw usage(
      `Cannot use plan "${options.plan}": it was made with --adopt, and what others wrote may be something else by now`,
      'publish with --adopt first',
    );
  }
  const planned: Planned = { digest: plan.digest, expected: work.expected };
  const allowed = [...new Set([...settingsIn(work).allowed, ...(options.allow ?? [])])];
  const opening: Opening = { options, work, planned, allowed, base: await baseOf(options, context) };
  return options.built === undefined ? openSources(opening, context) : openBuilt(options.built, opening, context);
}

interface Opening {
  readonly options: PlannedOptions;
  readonly work: PlanWork;
  readonly planned: Planned;
  readonly allowed: readonly string[];
  readonly base: string;
}

/** Everything is built again, with the options of the plan. */
async function openSources(
  { options, work, planned, allowed, base }: Opening,
  context: RunContext,
): Promise<OpenedPublish> {
  const { config, dryRun } = options;
  const asked: PublishOptions = { ...work.options, ...(config !== undefined && { config }), dryRun };
  const settings: PublishSettings = { ...(await resolvePublish(asked, context)), allowed };
  const differences = settingsMoved(settingsIn(work), keptSettings(settings, base));
  if (differences.length > 0) throw movedError(differences);
  const opened = await openPlan(settings, context);
  return {
    artifacts: settings.artifacts,
    root: settings.check.root,
    publish: () => publish({ ...opened, release: { ...opened.release, planned } }),
  };
}

/** Nothing is built: no source, no Git and no renderer is needed. Where there is a config, it has to be that of the plan. */
async function openBuilt(folder: string, opening: Opening, context: RunContext): Promise<OpenedPublish> {
  const { options, work, planned, allowed, base } = opening;
  const kept = settingsIn(work);
  const { gates } = await hereOf(opening, context);
  const restored = restoredSettings(kept, base);
  const artifacts = work.sources.map(({ name, path, render }) => ({ name, shown: path, render: { kind: render } }));
  const clock = stopwatch();
  const release = await openRelease(
    { ...restored, gates, allowed, artifacts, dryRun: options.dryRun === true, root: base },
    { provenance: work.provenance, history: remembered(work.history), clock },
    context,
  );
  return {
    artifacts,
    root: base,
    async publish() {
      const packed = await readBuilt(folder, work.built, context.cwd);
      return publishBuilt({ ...release, packed, release: { ...release.release, planned } });
    },
  };
}

/** What the config says here. Throws `REFUSED` where that is not what was planned. */
async function hereOf({ options, work, base }: Opening, context: RunContext): Promise<Pick<PublishSettings, 'gates'>> {
  const kept = settingsIn(work);
  const config = await findConfig(options.config, context);
  if (config === undefined) {
    if (kept.gates.length === 0) return { gates: [] };
    throw new SlipwayError(
      'CONFIG',
      `Cannot ask gate "${kept.gates[0]}": there is no "${CONFIG_FILE}" here that says how`,
      {
        hint: 'publish where the config is, or name it with --config',
      },
    );
  }
  const { channel } = kept;
  const gates = gatesOf(config, channel);
  const seal = resolveSeal(work.options, { config, channel, cwd: context.cwd });
  const now: PublishSettings = {
    ...restoredSettings(kept, base),
    // Beside a path of its own a config says nothing of stores.
    ...(kept.listed !== undefined && { ...storesOf(config, work, channel), project: config.project }),
    // Which artifacts there are is told by the sources alone.
    ...{ gates, seal, root: base, check: config.check, artifacts: [], dryRun: false },
  };
  const differences = settingsMoved(kept, keptSettings(now, base));
  if (differences.length > 0) throw movedError(differences);
  return { gates };
}

function storesOf(
  config: Config,
  { options: { store, primary } }: PlanWork,
  channel: string | undefined,
): ChosenStores {
  const asked = {
    store: Array.isArray(store) ? store : [],
    primary: typeof primary === 'string' ? primary : undefined,
  };
  return chooseStores(config, channel, asked);
}
