import { describe, expect, test } from 'vitest';
import { type Hearing, hearing, NotAsked } from '../../src/wire/hearing.ts';

const silence = new Error('silence');
const silent = (): Promise<never> => Promise.reject(silence);
const opened = (): Hearing => hearing((thrown) => thrown === silence);

describe('hearing', () => {
  test('loses a server that was silent twice, one after another, and asks it nothing more', async () => {
    const heard = opened();
    await expect(heard.listen(silent)).rejects.toBe(silence);
    expect(heard.isLost()).toBe(false);
    await expect(heard.listen(silent)).rejects.toBe(silence);
    expect(heard.isLost()).toBe(true);
    let asked = false;
    await expect(heard.listen(async () => (asked = true))).rejects.toBeInstanceOf(NotAsked);
    expect(asked).toBe(false);
  });

  test('counts requests at the same moment once', async () => {
    const heard = opened();
    await Promise.allSettled([heard.listen(silent), heard.listen(silent), heard.listen(silent)]);
    expect(heard.isLost()).toBe(false);
  });

  test.each([
    ['an answer', (heard: Hearing) => heard.listen(async () => 'fine')],
    ['a refusal', (heard: Hearing) => heard.listen(() => Promise.reject(new Error('403'))).catch(() => undefined)],
  ])('takes %s in between as a sign of life', async (_, between) => {
    const heard = opened();
    await heard.listen(silent).catch(() => undefined);
    await between(heard);
    await heard.listen(silent).catch(() => undefined);
    expect(heard.isLost()).toBe(false);
  });

  test('loses a server at once when told so', () => {
    const heard = opened();
    heard.lose();
    expect(heard.isLost()).toBe(true);
  });
});
