/** What tests of signing say about runs, and about what readers find. */
import type { Receipt } from '../../src/model.ts';
import { assertProved, type Looking, policyOf } from './proofs-reader.ts';
import { ARTIFACTS, OWN, type SignedFleet } from './signed-fleet.ts';

/** All artifacts of `prod`, in a registry without the referrers API. */
export const LOOKING: Omit<Looking, 'policy'> = { channel: 'prod', artifacts: ARTIFACTS, hasApi: false };

/** How many names show something; every one of them is proved by this key. */
export async function provedNames({ stage }: SignedFleet, channel = 'prod', key: string = OWN.pub): Promise<number> {
  return assertProved(stage.live, { ...LOOKING, policy: await policyOf(key), channel });
}

/** Kinds of the proofs that were made, each with the number of its artifacts. */
export const made = (receipt: Receipt | undefined): readonly (readonly [string, number])[] =>
  (receipt?.proved ?? []).map(({ kind, artifacts }) => [kind, artifacts]);

/** The digests of an artifact's proofs, by kind. */
export const proofsOf = (receipt: Receipt | undefined, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (receipt?.artifacts.find((one) => one.name === name)?.proofs ?? []).map(({ kind, digest }) => [kind, digest]),
  );

/** Whether a request is about proofs and about nothing else. */
export const isAboutProofs = (request: string): boolean => /referrers|sha256-|\/proofs\//.test(request);
