/** Seconds by stage. Stages that overlap (several artifacts at once) are summed, so their sum may exceed `total`. */

/** Measures a run. */
export interface Clock {
  time<T>(stage: string, work: () => Promise<T>): Promise<T>;
  /** Seconds by stage so far, with `total` since the start, to the millisecond. */
  seconds(): Readonly<Record<string, number>>;
}

/** A clock that starts now. It never jumps. */
export function stopwatch(): Clock {
  const start = performance.now();
  const spent = new Map<string, number>();
  const rounded = (milliseconds: number): number => Math.round(milliseconds) / 1000;
  return {
    async time(stage, work) {
      const began = performance.now();
      try {
        return await work();
      } finally {
        spent.set(stage, (spent.get(stage) ?? 0) + performance.now() - began);
      }
    },
    seconds() {
      const stages = [...spent].map(([stage, milliseconds]) => [stage, rounded(milliseconds)]);
      return { ...Object.fromEntries(stages), total: rounded(performance.now() - start) };
    },
  };
}
