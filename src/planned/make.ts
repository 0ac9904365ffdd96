/** Makes a plan: a publish in a dry run, with everything that it rests on. */
import { isAbsolute, relative, resolve } from 'node:path';
import { findConfig } from '../config/find.ts';
import type { PlanOptions } from '../config/plan-options.ts';
import { resolvePublish } from '../config/resolve.ts';
import type { PublishSettings } from '../config/settings.ts';
import { usage } from '../config/usage.ts';
import type { Foreseen, HistoryAnswer, PlanDocument, PlanWork } from '../model.ts';
import { foresee } from '../pipeline.ts';
import { openPlan, type PublishPlan, type RunContext } from '../plan.ts';
import { writeBuilt } from './built.ts';
import { planJson, sealed, writeWhole } from './file.ts';
import { recording } from './history.ts';
import { keptSettings } from './settings.ts';

/** Options that decide what is published, and how. Others say how the run goes about it. */
const KEPT = [
  ...['path', 'to', 'render', 'artifact', 'channel', 'version', 'store', 'primary', 'allow', 'adopt'],
  ...['key', 'keyless', 'legacy', 'signingConfig', 'trustedRoot'],
  ...['certificateIdentity', 'certificateIdentityRegexp', 'certificateOidcIssuer', 'certificateOidcIssuerRegexp'],
  ...['kubernetes', 'flux', 'rule'],
] as const;

/** Of these what names a file: elsewhere it lies elsewhere. */
const FILES: ReadonlySet<string> = new Set(['key', 'signingConfig', 'trustedRoot']);

function keptOptions(options: PlanOptions, cwd: string): PlanWork['options'] {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const kept = KEPT.flatMap((name): [string, string | boolean | readonly string[]][] => {
    const value = given[name];
    if (Array.isArray(value)) return value.length === 0 ? [] : [[name, value.map(String)]];
    if (typeof value === 'string' && (name === 'path' || (FILES.has(name) && isAbsolute(value))))
      return [[name, relative(cwd, resolve(cwd, value)) || '.']];
    return typeof value === 'string' || value === true ? [[name, value]] : [];
  });
  return Object.fromEntries(kept);
}

/** The folder that paths of a plan are relative to: that of the config, else the working directory. */
export async function baseOf(options: Pick<PlanOptions, 'config'>, { cwd, env }: RunContext): Promise<string> {
  return (await findConfig(options.config, { cwd, env }))?.dir ?? cwd;
}

/** A plan that is opened and not made yet. */
export interface OpenedPlan {
  readonly settings: PublishSettings;
  make(): Promise<PlanDocument>;
}

/** Opens `slipway plan`. Throws what opening a publish throws, and `USAGE` for a plan that could not be kept. */
export async function openMaking(options: PlanOptions, context: RunContext): Promise<OpenedPlan> {
  if (options.adopt === true && (options.out !== undefined || options.built !== undefined)) {
    throw usage(
      'Cannot write a plan with --adopt: what others wrote may be something else by then',
      'publish with --adopt first',
    );
  }
  const settings = await resolvePublish({ ...options, dryRun: true }, context);
  const opened = await openPlan(settings, context);
  const base = await baseOf(options, context);
  return { settings, make: () => make({ options, settings, opened, base }, context) };
}

interface Making {
  readonly options: PlanOptions;
  readonly settings: PublishSettings;
  readonly opened: PublishPlan;
  readonly base: string;
}

async function make({ options, settings, opened, base }: Making, context: RunContext): Promise<PlanDocument> {
  const answers = new Map<string, HistoryAnswer>();
  const { release } = opened;
  const { facts } = opened;
  const foreseen = await foresee({
    ...opened,
    release: { ...release, history: recording(release.history, answers) },
    facts: () => ({ ...facts(), tells: true }),
  });
  const { expectation } = foreseen;
  const work: PlanWork | undefined = expectation && {
    options: keptOptions(options, context.cwd),
    settings: { ...keptSettings(settings, base) },
    sources: settings.artifacts.map(({ name, shown, render }) => ({ name, path: shown, render: render.kind })),
    provenance: release.provenance,
    history: [...answers.values()],
    built: foreseen.packed.map(({ bytes: _, ...artifact }) => artifact),
    expected: expectation,
  };
  const plan = documentOf(foreseen, release.at, context.tool, work);
  if (work !== undefined && foreseen.receipt.outcome === 'planned') await keep(plan, foreseen, options, context.cwd);
  return plan;
}

function documentOf(
  { receipt, names = [], expectation }: Foreseen,
  at: string,
  tool: string | undefined,
  work: PlanWork | undefined,
): PlanDocument {
  const { outcome, stores } = expectation ?? {};
  const given = Object.values(stores ?? {}).some(({ gets, moves }) => gets.length > 0 || moves.length > 0);
  return sealed({
    schema: 1,
    ...(tool !== undefined && { slipway: tool }),
    at,
    changes: given || (outcome !== undefined && outcome !== 'unchanged' && outcome !== 'superseded'),
    allow: receipt.refusals.filter(({ allow }) => !allowedIn(work).includes(allow)).map(({ allow }) => allow),
    names,
    receipt,
    ...(work && { work }),
  });
}

const allowedIn = (work: PlanWork | undefined): readonly unknown[] => {
  const allowed = work?.settings.allowed;
  return Array.isArray(allowed) ? allowed : [];
};

/** The built folder first: a plan never leads to what is not there. */
async function keep(plan: PlanDocument, { packed }: Foreseen, { out, built }: PlanOptions, cwd: string): Promise<void> {
  if (built !== undefined) await writeBuilt(built, packed, cwd);
  if (out !== undefined) await writeWhole('plan', resolve(cwd, out), planJson(plan));
}
