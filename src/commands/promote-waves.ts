/** The waves of `slipway promote`: each prints its receipt as soon as there is one, and waiting is told. */
import type { WaveRule } from '../config/waves-settings.ts';
import { openWaves } from '../control/open-waves.ts';
import type { Prepared } from '../control/promote.ts';
import { pause, timeText } from '../control/soak.ts';
import type { WaveWatcher } from '../control/wave-job.ts';
import { promoteWaves } from '../control/waves.ts';
import type { Progress } from '../model.ts';
import { errorText } from '../report/error.ts';
import { promotionJson, waveText } from '../report/promotion.ts';
import { type CommandContext, type CommonOptions, paintFor, progressFor } from './context.ts';
import { exitOf } from './finish.ts';

const ERASE = '\r\u001b[2K';

/** Milliseconds between two tellings of what is left: what an eye follows, and what a log bears. */
const PACE = { terminal: 1000, log: 60_000 };

interface Teller extends WaveWatcher {
  readonly progress: Progress;
  readonly end: () => void;
}

/** Progress of one wave after the other, with the waiting between them on a line of its own. */
function teller(context: CommandContext, options: CommonOptions): Teller {
  const { stdout, stderr, isTTY } = context;
  let printer = progressFor(context, options);
  let waiting = false;
  const endLine = (): void => {
    if (waiting) stderr.write('\n');
    waiting = false;
  };
  const end = (): void => {
    printer.end();
    printer = progressFor(context, options);
    endLine();
  };
  return {
    end,
    progress: (event) => {
      endLine();
      printer.report(event);
    },
    every: isTTY ? PACE.terminal : PACE.log,
    done: (wave) => {
      end();
      if (options.output !== 'json') stdout.write(`${waveText(wave, paintFor(stdout, context, options))}\n`);
    },
    soaking: (wave, left) => {
      if (options.quiet) return;
      const line = `${'wait'.padEnd(8)} ${wave}: ${timeText(left)} left`;
      stderr.write(isTTY ? `${ERASE}${line}` : `${line}\n`);
      waiting = isTTY;
    },
    note: (text) => {
      end();
      stderr.write(`${paintFor(stderr, context, options)('yellow', 'note')}: ${text}\n`);
    },
  };
}

/** Promotes what was prepared wave by wave, and answers the exit code. Throws `CONFIG`, and what interrupts. */
export async function runWaves(
  ready: Prepared,
  rules: readonly WaveRule[],
  {
    context,
    only,
    ...options
  }: CommonOptions & { readonly context: CommandContext; readonly only?: string | undefined },
): Promise<number> {
  const watcher = teller(context, options);
  const { now, stdout, stderr } = context;
  try {
    const followed: Prepared = { ...ready, context: { ...ready.context, progress: watcher.progress } };
    const time = { now, pause: context.pause ?? pause };
    const promotion = await promoteWaves(await openWaves(followed, rules, { only, time, watcher }));
    watcher.end();
    if (options.output === 'json') stdout.write(promotionJson(promotion));
    if (promotion.error !== undefined)
      stderr.write(errorText(promotion.error, { paint: paintFor(stderr, context, options) }));
    return exitOf(promotion);
  } finally {
    watcher.end();
  }
}
