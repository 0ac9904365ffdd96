/** What was live at a time, as far as the records tell. Clocks of runners may be wrong, and records may be gone. */
import { type History, lineOf, type Placed } from './line.ts';

/** The generation that was live, and what makes that uncertain, as sentences. */
export interface LiveThen {
  /** Absent where nothing that is kept was there already. */
  readonly placed?: Placed;
  /** The generation that took over. */
  readonly next?: Placed;
  readonly doubts: readonly string[];
}

const time = ({ record }: Placed): number => Date.parse(record.at);
const number = ({ record }: Placed): number => record.generation;

/** Where a later generation says an earlier time, one of the two clocks was wrong, and times between the two say nothing for sure. */
function jumps(line: readonly Placed[], wanted: number): readonly string[] {
  return line.flatMap((later, index) => {
    const earlier = line[index + 1];
    if (earlier === undefined || time(later) >= time(earlier) || wanted < time(later) || wanted >= time(earlier))
      return [];
    return [
      `A clock was wrong: generation ${number(later)} says ${later.record.at}, and generation ${number(earlier)}, made before it, says ${earlier.record.at}: what was live in between is not certain`,
    ];
  });
}

function missing({ gaps }: History, placed: Placed | undefined, next: Placed | undefined): readonly string[] {
  const [low, high] = [placed === undefined ? 0 : number(placed), next === undefined ? undefined : number(next)];
  return gaps
    .filter(({ from }) => from > low && (high === undefined || from < high))
    .map(({ from, to }) =>
      from === to
        ? `Generation ${from} is no longer kept, and may have been live then`
        : `Generations ${from} to ${to} are no longer kept, and one of them may have been live then`,
    );
}

/** The newest generation that was not made after `wanted` (milliseconds since 1970). */
export function liveAt(history: History, wanted: number): LiveThen {
  const line = lineOf(history);
  const index = line.findIndex((one) => time(one) <= wanted);
  const placed = line[index];
  const next = index < 0 ? line.at(-1) : line[index - 1];
  return {
    ...(placed && { placed }),
    ...(next && { next }),
    doubts: [...jumps(line, wanted), ...missing(history, placed, next)],
  };
}
