/** Between two waves: the one that is there has to be live for long enough, and its gate has to agree. */
import { asSlipwayError, SlipwayError } from '../errors.ts';
import { stateOf } from '../ship/control/wave-state.ts';
import { soak, soakLeft, timeText } from './soak.ts';
import { note, type Run, refused, tellOf, type WaveJob, type WavesJob } from './wave-job.ts';
import type { Look } from './wave-look.ts';

/** Whether a wave of this promotion behind this one was made later: then this one soaked, and its gate agreed. */
function isBehind({ job }: Run, { newest, made }: Look, index: number, since: number): boolean {
  return job.waves.slice(index + 1).some((later) => {
    const state = stateOf(later, newest, made);
    if (state.kind !== 'present' || state.since === undefined || state.since <= since) return false;
    return made.some(({ generation, wave }) => generation === state.since && wave?.name === later.name);
  });
}

async function ask(run: Run, wave: WaveJob, live: { readonly generation: number; readonly at: string }): Promise<void> {
  if (wave.gate === undefined) return;
  const { project, channel, from, time } = run.job;
  const artifacts = [...wave.entries]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, content, manifest, commit }) => ({
      name,
      content,
      manifest,
      ...(commit !== undefined && { commit }),
    }));
  const soaked = Math.max(0, Math.floor((time.now().getTime() - new Date(live.at).getTime()) / 1000));
  try {
    const question = { schema: 1, kind: 'wave', ...{ project, channel, from, artifacts, soaked }, ...live } as const;
    tellOf(run, wave).gate = await wave.gate({ ...question, wave: wave.step });
  } catch (thrown) {
    const error = asSlipwayError(thrown);
    if (error.code !== 'REFUSED') throw error;
    throw new SlipwayError('REFUSED', `Wave "${wave.name}" of channel "${channel}" is not healthy: ${error.message}`, {
      hint: `no later wave was begun; run the same command again to ask once more, or take it back: slipway rollback --channel ${channel}`,
      cause: error,
    });
  }
}

/** The same release again: the origin may have moved on by then. */
function goOnWith({ from: { channel, generation }, bundled }: WavesJob): string {
  const named =
    channel === undefined || generation === undefined || bundled ? '' : ` with --from ${channel}@${generation}`;
  return `run the same command again${named}, here or in another job: it goes on behind this wave`;
}

/** Waits until a wave that is there was live for long enough, then asks its gate. Nothing twice in one run. */
export async function pass(run: Run, look: Look, index: number): Promise<void> {
  const { job, passed, healed } = run;
  const wave = job.waves[index];
  const state = wave && stateOf(wave, look.newest, look.made);
  if (wave === undefined || state?.kind !== 'present' || state.since === undefined) return;
  const { since: generation } = state;
  if (passed.get(wave.name) === generation || isBehind(run, look, index, generation)) return;
  const record = await look.at(generation);
  const at = record?.at ?? job.time.now().toISOString();
  const since = healed.get(wave.name) ?? new Date(at);
  if (wave.soak > 0) {
    const left = soakLeft({ since, seconds: wave.soak, time: job.time }) / 1000;
    if (job.only !== undefined && left > 0) {
      throw refused(
        `Wave "${wave.name}" of channel "${job.channel}" has to be live for ${timeText(wave.soak)} before the next: ${timeText(left)} left`,
        'run the same command again then, or without --wave: it waits',
      );
    }
    const { time, signal, watcher } = job;
    const { soaking, every } = watcher;
    const telling = { left: soaking, every, note: (text: string) => note(run, text), goOn: goOnWith(job) };
    const waited = await soak({ wave: wave.name, since, seconds: wave.soak, time, signal, ...telling });
    tellOf(run, wave).soak = { seconds: wave.soak, since: at, waited };
  }
  await ask(run, wave, { generation, at });
  passed.set(wave.name, generation);
}

/** Everything before a wave has to be there, soaked and healthy. Without `--wave` it was brought by this run where it was not. */
export async function passEarlier(run: Run, look: Look, index: number): Promise<void> {
  const { job, left } = run;
  for (const [place, wave] of job.waves.slice(0, index).entries()) {
    if (left.has(wave.name)) continue;
    if (stateOf(wave, look.newest, look.made).kind === 'ahead') {
      throw refused(
        `Cannot begin wave "${job.waves[index]?.name ?? ''}" of channel "${job.channel}": wave "${wave.name}" comes before it and is not complete`,
        `promote with --wave ${wave.name} first, or without --wave`,
      );
    }
    await pass(run, look, place);
  }
}
