/** Progress while a run is under way: one updating line a stage on a terminal, one finished line a stage elsewhere. */
import type { Progress, ProgressEvent } from '../model.ts';

/** Where progress goes and what that can do. */
export interface ProgressOptions {
  readonly write: (text: string) => unknown;
  readonly isTTY: boolean;
  /** Width of the terminal. */
  readonly columns: number;
  readonly now: () => Date;
}

/** Takes events; `end` finishes a line that is still open. */
export interface ProgressPrinter {
  readonly report: Progress;
  readonly end: () => void;
}

/** Milliseconds between two updates of a line: what an eye can follow. */
const PACE = 80;

const ERASE = '\r\u001b[2K';

interface Count {
  readonly done: number;
  readonly total: number;
}

const shown = (store: string, { done, total }: Count): string => `${store === '' ? '' : `${store} `}${done}/${total}`;

function lineOf(stage: string, counts: ReadonlyMap<string, Count>): string {
  return `${stage.padEnd(8)} ${[...counts].map(([store, count]) => shown(store, count)).join('  ')}`;
}

/** One updating line; a stage that comes again (another round) gets a line of its own. */
function onTerminal({ write, columns, now }: ProgressOptions): ProgressPrinter {
  const width = Math.max(20, columns - 1);
  let stage: string | undefined;
  let counts = new Map<string, Count>();
  let last = 0;
  const draw = (end: string): void => {
    if (stage !== undefined) write(`${ERASE}${[...lineOf(stage, counts)].slice(0, width).join('')}${end}`);
  };
  const finish = (): void => {
    draw('\n');
    stage = undefined;
    counts = new Map();
  };
  return {
    report: (event) => {
      if (stage !== event.stage) finish();
      stage = event.stage;
      counts.set(event.store ?? '', event);
      const time = now().getTime();
      if (time - last < PACE && event.done < event.total) return;
      last = time;
      draw('');
    },
    end: finish,
  };
}

/** One line when a stage is through, for each store once; a log is read afterwards. */
function inLog({ write }: ProgressOptions): ProgressPrinter {
  const told = new Set<string>();
  return {
    report: ({ stage, store = '', done, total }: ProgressEvent) => {
      const line = `${stage.padEnd(8)} ${shown(store, { done, total })}\n`;
      if (done < total || total === 0 || told.has(line)) return;
      told.add(line);
      write(line);
    },
    end: () => undefined,
  };
}

/** A printer that says nothing, for `--quiet`. */
export function silentProgress(): ProgressPrinter {
  return { report: () => undefined, end: () => undefined };
}

/** A printer for a terminal or for a log. */
export function progressPrinter(options: ProgressOptions): ProgressPrinter {
  return options.isTTY ? onTerminal(options) : inLog(options);
}
