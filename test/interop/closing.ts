import { afterAll } from 'vitest';

/** Registers what must be closed after the tests around the call, also when opening the next thing fails. */
export function closing(): (close: () => Promise<unknown>) => void {
  const closes: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    await Promise.all(closes.splice(0).map((close) => close()));
  });
  return (close) => void closes.push(close);
}
