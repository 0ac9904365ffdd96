import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../../src/errors.ts';
import { type Capability, meaningOf, requireSafe } from '../../../../src/ship/bucket/probe.ts';
import { GOOD } from '../probing.ts';

describe('what a store may be used for', () => {
  const refusal = (found: Capability, acceptUnsafe: boolean): unknown => {
    try {
      return requireSafe(found, { acceptUnsafe });
    } catch (error) {
      return error instanceof SlipwayError ? [error.code, error.message, error.hint] : error;
    }
  };

  test.each(['unsupported', 'ignored', 'racy'] as const)('a store of class "%s" is refused until accepted', (found) => {
    expect(refusal({ ...GOOD, class: found }, false)).toEqual([
      'REFUSED',
      `Cannot publish to this store: create-only writes are "${found}"`,
      `${meaningOf(found)}; do that and set "accept-unsafe: true" on the store, or use a store with atomic writes`,
    ]);
    expect(refusal({ ...GOOD, class: found }, true)).toBeUndefined();
    expect(meaningOf(found)).toMatch(
      /If-None-Match.*: .* so CI must run one publisher at a time \(a concurrency group\)$/,
    );
  });

  test('an atomic store needs nothing, whatever its ETags are', () => {
    expect(refusal({ ...GOOD, etag: 'other' }, false)).toBeUndefined();
    expect(meaningOf('atomic')).toBe(
      'create-only writes are atomic: of publishers at once exactly one wins, and CI need not take turns',
    );
  });

  test.each<[Partial<Capability>, string]>([
    [{ reads: 'stale' }, 'reads do not show what was just written'],
    [{ listing: 'stale' }, 'listings do not show what was just written'],
    [{ listing: 'unordered' }, 'listings are not in byte order'],
    [{ listing: 'failed' }, 'listings fail in short pages'],
  ])('a store with %j is refused even if accepted', (found, state) => {
    const hint = 'set the store to strong consistency, or use another one';
    expect(refusal({ ...GOOD, ...found }, true)).toEqual(['STORE', `Cannot publish to this store: its ${state}`, hint]);
  });
});
