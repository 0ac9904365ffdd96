/** Wiring of a promotion in waves: the config's waves, what was prepared, and somebody to ask become a job. */

import { parseReleaseName } from '../config/release-name.ts';
import { type PromoteOptions, resolveControl } from '../config/resolve-control.ts';
import { didYouMean } from '../config/suggest.ts';
import { usage } from '../config/usage.ts';
import { assignWaves, type PlannedWave, type WaveRule } from '../config/waves-settings.ts';
import type { Entry } from '../model.ts';
import { openAsking } from '../open-gates.ts';
import type { RunContext } from '../plan.ts';
import { type Prepared, preparePromotion, promoteOnce } from './promote.ts';
import type { Time } from './soak.ts';
import type { WaveJob, WavesJob, WaveWatcher } from './wave-job.ts';
import { openLooking } from './wave-look.ts';

/** What is said of waves besides the config. */
export interface WaveOptions {
  /** The wave to end with. */
  readonly only?: string | undefined;
  readonly time: Time;
  readonly watcher: WaveWatcher;
}

/** The waves of a channel, none where it has none. Throws `USAGE` for a wave to end with that is none of them. */
export function wavesOf(
  channel: string,
  rules: readonly WaveRule[] | undefined,
  only: string | undefined,
): readonly WaveRule[] | undefined {
  if (only === undefined || rules?.some(({ name }) => name === only)) return rules;
  if (rules === undefined) {
    const hint = `write them into the config under channels.${channel}.waves, or promote without --wave`;
    throw usage(`Cannot use --wave "${only}": channel "${channel}" has no waves`, hint);
  }
  const hint = didYouMean(
    only,
    rules.map(({ name }) => name),
  );
  throw usage(`Cannot use --wave "${only}": channel "${channel}" has no such wave`, hint ?? 'name one of its waves');
}

/** A promotion as options ask for it, and the waves that it goes in. Throws `USAGE`, `CONFIG` and what reading the origin throws. */
export async function openPromotion(
  { from, to, artifact = [], wave, ...options }: PromoteOptions,
  context: RunContext,
): Promise<{ readonly ready: Prepared; readonly waves: readonly WaveRule[] | undefined }> {
  const settings = await resolveControl('promote', { ...options, channel: to }, context);
  const name = parseReleaseName(from, '--from');
  const waves = wavesOf(to, settings.config.channels[to]?.waves, wave);
  const artifacts = artifact.length === 0 ? {} : { artifacts: artifact };
  return { ready: await preparePromotion(settings, name, artifacts, context), waves };
}

function jobOf({ rule, artifacts }: PlannedWave, index: number, of: number, ready: Prepared): WaveJob {
  const { name, soak, gate } = rule;
  const entries = artifacts.flatMap((artifact): Entry | readonly Entry[] => ready.entries.get(artifact) ?? []);
  const asking = gate && openAsking(gate, ready.context);
  return { name, entries, soak, step: { name, step: index + 1, of }, ...(asking && { gate: asking }) };
}

/**
 * A job for `promoteWaves`. Sends nothing yet. Throws `CONFIG` where the waves do not fit what is promoted, and for a variable of a
 * gate that is not set.
 */
export async function openWaves(
  ready: Prepared,
  rules: readonly WaveRule[],
  { only, time, watcher }: WaveOptions,
): Promise<WavesJob> {
  const { settings, context, origin } = ready;
  const { version, ...plain } = settings;
  const names = origin.entries.map(({ name }) => name);
  const known = ready.newest?.artifacts.map(({ name }) => name) ?? [];
  const planned = assignWaves(rules, { names, known, label: origin.label });
  const waves = planned.map((wave, index) => jobOf(wave, index, planned.length, ready));
  const once: Prepared = { ...ready, settings: plain };
  return {
    project: settings.config.project,
    channel: settings.channel,
    from: origin.from,
    ...(ready.bundled && { bundled: true }),
    waves,
    ...(only !== undefined && { only }),
    allowed: settings.allowed,
    dryRun: settings.dryRun,
    look: await openLooking(ready),
    bring: ({ step, entries }, earlier) =>
      promoteOnce(once, { wave: step, artifacts: entries.map(({ name }) => name), earlier }),
    // The version is a name for all of it, so that it comes when all of it is there.
    ...(version !== undefined && { finish: () => promoteOnce(ready, { earlier: waves }) }),
    time,
    signal: context.signal,
    watcher,
  };
}
