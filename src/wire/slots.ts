/** Work in turns: so much at once, the rest waits in the order it came. */

/** Runs `work` when it is its turn, and hands on what it answers or throws. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets `limit` pieces of work run at once. Connections are limited as well, but time spent in the queue of an agent counts as
 * time that the other side took to answer.
 */
export function slots(limit: number): InTurn {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
