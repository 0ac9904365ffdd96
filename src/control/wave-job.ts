/** What a promotion in waves works with, and what it remembers while it runs. */
import { SlipwayError } from '../errors.ts';
import type { GateAnswer, Receipt, Taken, WaveQuestion, WaveReceipt, WaveStep } from '../model.ts';
import type { Wave } from '../ship/control/wave-state.ts';
import type { Time } from './soak.ts';
import type { Looking } from './wave-look.ts';

/** A wave that is to be made. */
export interface WaveJob extends Wave {
  readonly step: WaveStep;
  /** Seconds. */
  readonly soak: number;
  /** Throws `REFUSED` for a no and for no answer. */
  readonly gate?: (question: WaveQuestion) => Promise<GateAnswer>;
}

/** What happens while waves are made, for those who watch. */
export interface WaveWatcher {
  /** A wave came to its end in this run. */
  readonly done: (wave: WaveReceipt) => void;
  /** Told every `every` milliseconds while one soaks; `left` in seconds. */
  readonly soaking: (wave: string, left: number) => void;
  readonly every: number;
  readonly note: (text: string) => void;
}

/** What a promotion in waves works with. */
export interface WavesJob {
  readonly project: string;
  readonly channel: string;
  readonly from: Taken;
  /** It is read from a file: the same command always brings the same release. */
  readonly bundled?: boolean;
  /** All of the channel, in order; those without artifacts bring nothing. */
  readonly waves: readonly WaveJob[];
  /** The wave to end with; nothing is waited for then. */
  readonly only?: string;
  readonly allowed: readonly string[];
  readonly dryRun: boolean;
  readonly look: Looking;
  /** Brings the artifacts of a wave, unless an earlier one is not there any more. */
  readonly bring: (wave: WaveJob, earlier: readonly Wave[]) => Promise<Receipt>;
  /** Called when all waves are there. */
  readonly finish?: () => Promise<Receipt>;
  readonly time: Time;
  readonly signal?: AbortSignal | undefined;
  readonly watcher: WaveWatcher;
}

/** What became of a wave so far. */
export type Told = { -readonly [K in keyof WaveReceipt]: WaveReceipt[K] };

/** What a run remembers: nothing that the records do not tell another run as well, save for who agreed already. */
export interface Run {
  readonly job: WavesJob;
  readonly told: Map<string, Told>;
  readonly notes: string[];
  /** Waves that soaked and whose gate agreed, with the generation that this was about. */
  readonly passed: Map<string, number>;
  /** When a store came to show a wave only in this run though it was recorded before. */
  readonly healed: Map<string, Date>;
  /** Waves that are left as somebody changed them. */
  readonly left: Set<string>;
}

const namesIn = ({ entries }: Wave): readonly string[] => entries.map(({ name }) => name).sort();

/** What is told of a wave so far. */
export function tellOf({ told }: Run, wave: WaveJob): Told {
  const known = told.get(wave.name) ?? { ...wave.step, artifacts: namesIn(wave) };
  told.set(wave.name, known);
  return known;
}

/** Tells something once. */
export function note({ job, notes }: Run, text: string): void {
  if (notes.includes(text)) return;
  notes.push(text);
  job.watcher.note(text);
}

/** A refusal. */
export const refused = (message: string, hint: string): SlipwayError => new SlipwayError('REFUSED', message, { hint });
