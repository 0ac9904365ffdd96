import { describe, expect, test } from 'vitest';
import { SlipwayError, throwIfInterrupted } from '../../src/errors.ts';
import { patient, retrying, type Tried } from '../../src/wire/retry.ts';

const busy = new SlipwayError('STORE', 'Busy');

/** A pace whose waits are written down instead of waited for. */
function noted(): { readonly waits: number[]; readonly pace: typeof patient } {
  const waits: number[] = [];
  const sleep = async (seconds: number): Promise<void> => void waits.push(seconds);
  return { waits, pace: { ...patient, sleep, random: () => 0.5 } };
}

describe('retrying', () => {
  test('answers the first value and waits for nothing', async () => {
    const { waits, pace } = noted();
    expect(await retrying(async () => ({ done: true, value: 7 }), { pace })).toBe(7);
    expect(waits).toEqual([]);
  });

  test('tries five times with doubled waits, then throws the last error', async () => {
    const { waits, pace } = noted();
    let count = 0;
    const attempt = async (): Promise<Tried<never>> => {
      count += 1;
      return { done: false, error: new SlipwayError('STORE', `Failure ${count}`) };
    };
    await expect(retrying(attempt, { pace })).rejects.toThrow('Failure 5');
    expect(waits).toEqual([0.375, 0.75, 1.5, 3]);
  });

  test('spreads the waits between half and the whole', async () => {
    for (const [random, wait] of [
      [0, 0.25],
      [1, 0.5],
    ] as const) {
      const { waits, pace } = noted();
      const attempt = async (): Promise<Tried<never>> => ({ done: false, error: busy });
      await expect(retrying(attempt, { pace: { ...pace, attempts: 2, random: () => random } })).rejects.toThrow(busy);
      expect(waits).toEqual([wait]);
    }
  });

  test('waits as long as the server asks', async () => {
    const { waits, pace } = noted();
    const answers: Tried<string>[] = [
      { done: false, error: busy, afterSeconds: 12 },
      { done: true, value: 'ok' },
    ];
    expect(await retrying(async () => answers.shift() ?? { done: false, error: busy }, { pace })).toBe('ok');
    expect(waits).toEqual([12]);
  });

  test('gives up at once when the server asks for more than the total wait', async () => {
    const { waits, pace } = noted();
    const attempt = async (): Promise<Tried<never>> => ({ done: false, error: busy, afterSeconds: 61 });
    await expect(retrying(attempt, { pace })).rejects.toThrow(busy);
    expect(waits).toEqual([]);
  });

  test('ends with INTERRUPTED when the signal fires during a wait', async () => {
    const controller = new AbortController();
    const attempt = async (): Promise<Tried<never>> => {
      setTimeout(() => controller.abort(), 5);
      return { done: false, error: busy, afterSeconds: 50 };
    };
    const run = retrying(attempt, { pace: patient, signal: controller.signal });
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  test('passes on the reason of a signal when it is one of our errors', () => {
    expect(() => throwIfInterrupted(AbortSignal.abort(busy))).toThrow(busy);
    expect(() => throwIfInterrupted(undefined)).not.toThrow();
  });
});
