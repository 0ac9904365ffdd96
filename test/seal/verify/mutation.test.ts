import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../src/errors.ts';
import type { TrustRoot } from '../../../src/seal/trust/root.ts';
import type { Verified } from '../../../src/seal/verify/answer.ts';
import { verifyBundle } from '../../../src/seal/verify/bundle.ts';
import type { Policy } from '../../../src/seal/verify/policy.ts';
import { type FakeSigstore, startFakeSigstore } from '../../fakes/sigstore.ts';
import { identityOn, servicesOf } from '../keyless/fixture.ts';
import { at, digestOf, IDENTITY, type Json, keyScene, provedBy, rootOf } from './scene.ts';

type Path = readonly (string | number)[];
type Kind = 'key' | 'v1' | 'v2';

let fake: FakeSigstore;
let trust: TrustRoot;
const good: Partial<Record<Kind, { readonly json: Json; readonly policy: Policy }>> = {};

beforeAll(async () => {
  fake = await startFakeSigstore();
  trust = rootOf(fake);
  const { identity, policy } = keyScene();
  const on = (version: 1 | 2) => identityOn(fake, { services: servicesOf(fake, version) });
  const made = await Promise.all([provedBy(identity), provedBy(on(1)), provedBy(on(2))]);
  const [key, v1, v2] = made.map((bundle): Json => JSON.parse(Buffer.from(bundle).toString()));
  Object.assign(good, {
    key: { json: key, policy },
    v1: { json: v1, policy: IDENTITY },
    v2: { json: v2, policy: IDENTITY },
  });
});

afterAll(() => fake[Symbol.asyncDispose]());

function verify(kind: Kind, json: Json): Verified {
  const subject = { name: 'a', digest: digestOf('a') };
  const { policy } = good[kind] ?? { policy: IDENTITY };
  return verifyBundle(Buffer.from(JSON.stringify(json)), { subject, policy, trust });
}

/** The places of all strings in a bundle. */
function strings(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value);
  return entries.flatMap(([key, item]) => strings(item, [...path, key]));
}

/** Another value of the same form: a bit of base64, a digit of a number, a character of a text. */
function mutated(text: string, seed: number): string {
  const bytes = Buffer.from(text, 'base64');
  if (!/^\d+$/.test(text) && bytes.length > 0 && bytes.toString('base64') === text) {
    const index = seed % bytes.length;
    bytes[index] = (bytes[index] ?? 0) ^ (1 << (seed % 8));
    return bytes.toString('base64');
  }
  const index = seed % text.length;
  const old = text.charAt(index);
  const fresh = /\d/.test(old) ? String((Number(old) + 1) % 10) : old === 'x' ? 'y' : 'x';
  return text.slice(0, index) + fresh + text.slice(index + 1);
}

/** Nobody signs these: a hint; and of a timestamp, what stands around the signed part. */
const UNSIGNED = ['hint', 'signedTimestamp'];

function withMutation(json: Json, path: Path, seed: number): Json {
  const copy = structuredClone(json);
  const last = path.at(-1) ?? '';
  const owner = at(copy, ...path.slice(0, -1));
  owner[last] = mutated(String(owner[last]), seed);
  return copy;
}

describe.each<Kind>(['key', 'v1', 'v2'])('a good bundle (%s)', (kind) => {
  test('is refused when anything in it is changed; what nobody signs changes no answer', () => {
    const { json } = good[kind] ?? { json: {} };
    const answer = verify(kind, json);
    const places = strings(json);
    expect(places.length).toBeGreaterThan(4);
    const seeds = fc.array(fc.nat(), { minLength: places.length, maxLength: places.length });
    fc.assert(
      fc.property(seeds, (random) => {
        for (const [index, path] of places.entries()) {
          const change = withMutation(json, path, random[index] ?? 0);
          const found = outcome(kind, change);
          if (found instanceof SlipwayError) expect(found.code).toBe('UNTRUSTED');
          else {
            expect(UNSIGNED, `${path.join('.')} was changed`).toContain(path.at(-1));
            expect(found).toEqual(answer);
          }
        }
      }),
      { numRuns: kind === 'key' ? 20 : 2 },
    );
  });

  test('without one of its fields is either as good or refused, and never breaks us', () => {
    const { json } = good[kind] ?? { json: {} };
    const { signer } = verify(kind, json);
    for (const path of strings(json).flatMap((place) => place.map((_, depth) => place.slice(0, depth + 1)))) {
      const copy = structuredClone(json);
      Reflect.deleteProperty(at(copy, ...path.slice(0, -1)), path.at(-1) ?? '');
      const found = outcome(kind, copy);
      if (found instanceof SlipwayError) expect(found.code).toBe('UNTRUSTED');
      else expect(found.signer).toEqual(signer);
    }
  });
});

function outcome(kind: Kind, json: Json): Verified | SlipwayError {
  try {
    return verify(kind, json);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return thrown;
    throw thrown;
  }
}
