/** What the tests of the probe share. */
import type { Code } from '../../../src/errors.ts';
import { type Capability, type CreateClass, probeBucket } from '../../../src/ship/bucket/probe.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { randomOf, scheduler } from '../../flow/scheduler.ts';

/** Of every probe. */
export const OPTIONS = { run: 'ab12', at: '2026-01-02T03:04:05Z' } as const;

/** What is found of a store in which nothing is wrong. */
export const GOOD: Capability = {
  class: 'atomic',
  match: 'atomic',
  etag: 'md5',
  reads: 'fresh',
  listing: 'ordered',
  at: OPTIONS.at,
};

/** What a store is told as, where nothing but its creates is wrong: there `If-Match` is not even tried. */
export const ofClass = (found: CreateClass): Capability => ({
  ...GOOD,
  class: found,
  match: found === 'atomic' ? 'atomic' : 'none',
});

/** One probe in which each request waits for its turn; turns are drawn from the seed. Answers the class, or a code. */
export async function interleaved(
  seed: number,
  wrap: (gated: Objects, random: (below: number) => number) => Objects,
): Promise<string> {
  const random = randomOf(seed);
  const turns = scheduler(random);
  const gated = turns.gate('probe', memoryObjects(), () => false);
  const probing = probeBucket(wrap(gated, random), OPTIONS).then(
    (found) => (found.class === 'atomic' && found.match === 'none' ? 'no match' : found.class),
    (error: { readonly code: Code }) => error.code,
  );
  await turns.run();
  return probing;
}
