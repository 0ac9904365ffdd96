/** A signed publish that ends at any request, with readers who verify behind every write, and the run after it. */
import { expect } from 'vitest';
import type { Digest, ProofPolicy } from '../../src/model.ts';
import type { Outcome } from './fleet.ts';
import { assertProved, besideManifest, type Looking, policyOf } from './proofs-reader.ts';
import { bucketRecords, registryRecords } from './reader.ts';
import { ARTIFACTS, emptyFleet, type Publishing, type SignedFleet } from './signed-fleet.ts';
import type { Boundary, Contents } from './stage.ts';

/** What is published over what, and who has to accept it at every moment. */
export interface Publication {
  readonly from: Contents;
  readonly publishing: Publishing;
  /** Readers know these keys while it goes on. */
  readonly readers: readonly string[];
  /** And this one when it is through. */
  readonly signer: string;
  /** How many of each are beside every artifact in the end, by whomever. */
  readonly beside: Readonly<Record<'bundles' | 'signatures', (artifact: string) => number>>;
  /** The registry has the referrers API. */
  readonly hasApi: boolean;
  /** It may end before any request and after every write, else after every write. */
  readonly everywhere: boolean;
  /** It is published besides. */
  readonly version?: string;
}

/** Whom a reader of these names believes. */
const lookingAt = ({ version, hasApi }: Publication, policy: ProofPolicy): Looking => ({
  ...{ policy, channel: 'prod', version, artifacts: ARTIFACTS, hasApi },
});

/** Where a run may end. Between two writes nothing changes in the stores, so that after each write is enough for most. */
const isPoint = ({ when, write }: Boundary, { everywhere }: Publication): boolean =>
  write ? everywhere || when === 'after' : everywhere && when === 'before';

interface Watched {
  readonly ended: Outcome;
  /** Where it was ended, if it was. */
  readonly killed: Boundary | undefined;
  /** Every place where it could have been ended. */
  readonly points: readonly Boundary[];
}

/** Where to end a run; points are numbered from 1. */
export type At = (point: Boundary, number: number) => boolean;

/** Publishes with a reader behind every write; ends it where told. */
async function watched(
  by: SignedFleet,
  publication: Publication,
  policy: ProofPolicy,
  at: At = () => false,
): Promise<Watched> {
  const looking = lookingAt(publication, policy);
  const controller = new AbortController();
  const points: Boundary[] = [];
  const unproved: unknown[] = [];
  let killed: Boundary | undefined;
  by.stage.watch(async (boundary) => {
    if (killed !== undefined) return 'reset';
    // Only writes change what a reader sees.
    if (boundary.write && boundary.when === 'after')
      await assertProved(by.stage.live, looking).catch((thrown) => unproved.push(thrown));
    if (!isPoint(boundary, publication)) return 'serve';
    points.push(boundary);
    if (!at(boundary, points.length)) return 'serve';
    killed = boundary;
    controller.abort();
    return 'reset';
  });
  const ended = await by.publish({ ...publication.publishing, signal: controller.signal });
  if (unproved.length > 0) throw unproved[0];
  await assertProved(by.stage.live, looking);
  return { ended, killed, points };
}

/** Everything that must hold when a run is through. */
async function assertComplete(by: SignedFleet, { receipt }: Outcome, publication: Publication): Promise<void> {
  const { signer, beside, hasApi, version } = publication;
  const { live } = by.stage;
  expect(Object.values(receipt?.stores ?? {}).map(({ state }) => state)).toEqual(['current', 'current']);
  const [newest] = bucketRecords(live, 'prod');
  expect(registryRecords(live, 'prod')[0]).toEqual(newest);
  expect(newest?.artifacts.map(({ name }) => name)).toEqual(ARTIFACTS);
  const names = version === undefined ? 6 : 12;
  expect(await assertProved(live, lookingAt(publication, await policyOf(signer)))).toBe(names);
  for (const { name, manifest } of newest?.artifacts ?? []) {
    const found = besideManifest(live, { repository: `fleet/${name}`, manifest: manifest as Digest, hasApi });
    expect({ name, bundles: found.bundles.length, signatures: found.signatures.length }).toEqual({
      name,
      bundles: beside.bundles(name),
      signatures: beside.signatures(name),
    });
  }
}

const titleOf = ({ when, method, path, store }: Boundary): string => `${when} ${method} ${path} of ${store}`;

/** All points of a publication, from a run that nothing ends. */
export async function pointsOf(publication: Publication): Promise<readonly Boundary[]> {
  const by = await emptyFleet({ from: publication.from, registry: { referrers: publication.hasApi } });
  const { ended, points } = await watched(by, publication, await policyOf(...publication.readers));
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  await assertComplete(by, ended, publication);
  await by.stage.stop();
  return points;
}

/** Ends a publication, and runs it again. Answers where it was ended; undefined when it came to its own end first. */
export async function killAt(publication: Publication, at: At): Promise<Boundary | undefined> {
  const policy = await policyOf(...publication.readers);
  const by = await emptyFleet({ from: publication.from, registry: { referrers: publication.hasApi } });
  const first = await watched(by, publication, policy, at);
  try {
    expect(first.ended.code).toBe(first.killed === undefined ? 0 : 130);
    const again = await watched(by, publication, policy);
    expect(again.ended).toMatchObject({ code: 0, stderr: '' });
    await assertComplete(by, again.ended, publication);
    const settled = await by.counted(publication.publishing);
    expect([settled.ended.receipt?.outcome, settled.ended.receipt?.proved, settled.writes]).toEqual([
      'unchanged',
      [],
      [],
    ]);
  } catch (cause) {
    const where = first.killed === undefined ? 'not ended' : titleOf(first.killed);
    throw new Error(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  await by.stage.stop();
  return first.killed;
}
