import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Allowance, allowance, type Silence } from '../../src/wire/allowance.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function begun(sent: number): { readonly clock: Allowance; readonly ended: string[] } {
  const ended: string[] = [];
  const clock = allowance({ seconds: 60, sent, late: ({ message }: Silence) => void ended.push(message) });
  return { clock, ended };
}

describe('the time of an exchange', () => {
  test('ends after what any exchange may take', () => {
    const { ended } = begun(0);
    vi.advanceTimersByTime(59_999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(ended).toEqual(['no answer within 60 s']);
  });

  test('has a second more for each 50,000 bytes that go out', () => {
    const { ended } = begun(10_000_000);
    vi.advanceTimersByTime(259_999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(ended).toEqual(['no answer within 260 s']);
  });

  test('has a second more for each 50,000 bytes that came in time', () => {
    const { clock, ended } = begun(0);
    for (let second = 0; second < 100; second += 1) {
      vi.advanceTimersByTime(1000);
      clock.received(25_000);
    }
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(10_001);
    expect(ended).toEqual(['no complete answer within 110 s']);
  });

  test('is not prolonged by single bytes, and ends once', () => {
    const { clock, ended } = begun(0);
    for (let second = 0; second < 600; second += 1) {
      clock.received(1);
      vi.advanceTimersByTime(1000);
    }
    expect(ended).toEqual(['no complete answer within 60 s']);
  });

  test('does not end when it was stopped', () => {
    const { clock, ended } = begun(0);
    clock.stop();
    vi.advanceTimersByTime(100_000);
    expect(ended).toEqual([]);
  });
});
