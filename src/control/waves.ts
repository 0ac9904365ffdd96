/**
 * A promotion in waves: each brings its artifacts, is live for a time and asks its gate before the next begins. Where it stands
 * is read from the channel's records, so that any other run goes on where this one ended.
 */
import { asSlipwayError, type SlipwayError } from '../errors.ts';
import type { Outcome, Promotion, Receipt, WaveReceipt } from '../model.ts';
import { movedPhrase, movedSince } from '../ship/control/wave-check.ts';
import { isWaveOf, stateOf } from '../ship/control/wave-state.ts';
import { note, type Run, tellOf, type WaveJob, type WavesJob } from './wave-job.ts';
import type { Look } from './wave-look.ts';
import { pass, passEarlier } from './wave-pass.ts';

/** Answers whether a wave is left as it is because somebody changed it, and may be. Throws `REFUSED` when it may not. */
function leaves(run: Run, look: Look, wave: WaveJob): boolean {
  const { job, left } = run;
  const state = stateOf(wave, look.newest, look.made);
  if (state.kind !== 'moved') return false;
  if (!job.allowed.includes(movedPhrase(wave.name))) throw movedSince(wave.name, job.channel, state.artifacts);
  if (job.only === wave.name) return false;
  left.add(wave.name);
  note(run, `Wave "${wave.name}" stays as it is: it was changed since generation ${state.generation}`);
  return true;
}

/** The receipt of a wave that did not come through. */
class Stopped extends Error {
  readonly receipt: Receipt;
  constructor(receipt: Receipt) {
    super('stopped');
    this.receipt = receipt;
  }
}

/** Brings one wave, once everything before it is there, soaked and healthy. What is there already is only healed. */
async function bring(run: Run, look: Look, index: number): Promise<void> {
  const { job, healed } = run;
  const wave = job.waves[index];
  if (wave === undefined || wave.entries.length === 0 || leaves(run, look, wave)) return;
  const isThere = stateOf(wave, look.newest, look.made).kind === 'present';
  if (!isThere && !job.dryRun) await passEarlier(run, look, index);
  const earlier = isThere ? [wave] : job.waves.slice(0, index);
  const receipt = await job.bring(wave, job.dryRun ? [] : earlier);
  const told = tellOf(run, wave);
  told.receipt = receipt;
  job.watcher.done(told);
  if (receipt.error !== undefined) throw new Stopped(receipt);
  if (receipt.outcome === 'healed') healed.set(wave.name, job.time.now());
}

/** Says where another release was on its way. */
function tellOther(run: Run, { other }: Look): void {
  const { channel, generation: ours } = run.job.from;
  const theirs = other?.from?.generation;
  if (other?.wave === undefined || channel === undefined || theirs === undefined || ours === undefined) return;
  const { name, step, of } = other.wave;
  const instead = run.job.bundled ? '' : `. To go on with ${theirs} instead: --from ${channel}@${theirs}`;
  note(
    run,
    `Generation ${theirs} of channel "${channel}" came as far as wave "${name}" (${step} of ${of}); generation ${ours} begins with the first wave${instead}`,
  );
}

/** The last wave has none behind it, but may have a gate by which the whole promotion is judged. */
async function passLast(run: Run, look: Look): Promise<void> {
  const { waves, from } = run.job;
  const last = waves.at(-1);
  const state = last && stateOf(last, look.newest, look.made);
  if (last === undefined || state?.kind !== 'present' || state.since === undefined) return;
  const record = await look.at(state.since);
  if (record !== undefined && isWaveOf(record, from) && record.wave?.name === last.name)
    await pass(run, look, waves.length - 1);
}

async function carryOut(run: Run): Promise<void> {
  const { job } = run;
  const { waves, only, dryRun } = job;
  const first = await job.look();
  tellOther(run, first);
  const end = only === undefined ? waves.length : waves.findIndex(({ name }) => name === only) + 1;
  let look = first;
  for (let index = 0; index < end; index += 1) {
    const wave = waves[index];
    if (only !== undefined && wave !== undefined && wave.name !== only) {
      leaves(run, look, wave);
      continue;
    }
    await bring(run, look, index);
    look = await job.look();
  }
  if (dryRun || end < waves.length) return;
  if (only === undefined) await passLast(run, look);
  if (job.finish !== undefined && run.left.size > 0)
    note(run, 'The version was not claimed: not everything is there as it was promoted');
  const receipt = run.left.size > 0 ? undefined : await job.finish?.();
  if (receipt?.error !== undefined) throw new Stopped(receipt);
}

const WORST: readonly Outcome[] = ['failed', 'refused', 'planned', 'published', 'healed', 'unchanged'];

function outcomeOf(told: readonly WaveReceipt[], error: SlipwayError | undefined): Outcome {
  if (error !== undefined) return 'refused';
  const outcomes = new Set(told.flatMap(({ receipt }) => receipt?.outcome ?? []));
  return WORST.find((outcome) => outcomes.has(outcome)) ?? 'unchanged';
}

const answerOf = ({ job, told, notes }: Run, error: SlipwayError | undefined): Promotion => {
  const { project, channel, from } = job;
  const waves = job.waves.flatMap(({ name }): WaveReceipt | readonly WaveReceipt[] => told.get(name) ?? []);
  const outcome = outcomeOf(waves, error);
  return { schema: 1, outcome, project, channel, from, waves, notes };
};

/**
 * Promotes wave by wave. A refusal, of a gate too, and a wave that failed are in the answer; what interrupts is thrown, and says
 * how to go on.
 */
export async function promoteWaves(job: WavesJob): Promise<Promotion> {
  const maps = { told: new Map(), passed: new Map(), healed: new Map(), left: new Set<string>() };
  const run: Run = { job, notes: [], ...maps };
  for (const { name, entries } of job.waves)
    if (entries.length === 0) note(run, `Wave "${name}" brings nothing of what is promoted: nobody waits for it`);
  try {
    await carryOut(run);
    return answerOf(run, undefined);
  } catch (thrown) {
    if (thrown instanceof Stopped) {
      const { outcome, error } = thrown.receipt;
      return { ...answerOf(run, undefined), outcome, ...(error && { error }) };
    }
    const error = asSlipwayError(thrown);
    if (error.code !== 'REFUSED') throw error;
    const { code, message, hint } = error;
    return { ...answerOf(run, error), error: { code, message, ...(hint !== undefined && { hint }) } };
  }
}
