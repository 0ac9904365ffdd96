/** A small fleet for the protocol simulator: stores in memory, a line of commits, and what must hold at every step. */
import { gzip } from '../../src/archive/gzip.ts';
import { tar } from '../../src/archive/tar.ts';
import { digestOf, viewOfBytes } from '../../src/digest.ts';
import type { Digest, Entry, Packed, ReleaseRecord } from '../../src/model.ts';
import { forms } from '../../src/seal/forms.ts';
import { prove } from '../../src/seal/prove.ts';
import { bucketStore } from '../../src/ship/bucket/store.ts';
import { compare } from '../../src/ship/compare.ts';
import { decide } from '../../src/ship/decide.ts';
import { CONTENT_TYPE, MANIFEST_TYPE } from '../../src/ship/manifest.ts';
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import { name } from '../../src/ship/name.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import { attach, recognise, settle, unproved } from '../../src/ship/proofs.ts';
import { put, verify } from '../../src/ship/put.ts';
import { record } from '../../src/ship/record.ts';
import { registryStore } from '../../src/ship/registry/store.ts';
import type { Decided } from '../../src/ship/release.ts';
import type { Patience, ReleasePlan } from '../../src/ship/release-plan.ts';
import { untilSettled } from '../../src/ship/rounds.ts';
import { reserve, spare } from '../../src/ship/spare.ts';
import type { NameSpace, Store } from '../../src/ship/store.ts';
import { acceptsFake, fakeProver, fakeSealing, UNSEALED } from './sealing.ts';

export const CHANNEL = 'prod';
export const ARTIFACTS = ['east', 'west', 'north'] as const;

/** One store's port, shared by all publishers. */
export type Port =
  | { readonly kind: 'bucket'; readonly name: string; readonly port: Objects }
  | { readonly kind: 'registry'; readonly name: string; readonly port: Repositories };

export function openStore(port: Port): Store {
  const common = { name: port.name, url: `memory:${port.name}`, project: 'default', forms };
  if (port.kind === 'bucket') {
    const layout = port.name === 'tarballs' ? 'tarball' : undefined;
    return bucketStore({ ...common, layout, keyPrefix: '', referenceTo: (key) => key, objects: port.port });
  }
  return registryStore({
    ...common,
    repository: 'fleet/{artifact}',
    referencePrefix: 'oci://',
    repositories: port.port,
  });
}

export const bucket = (name: string): Port => ({ kind: 'bucket', name, port: memoryObjects() });
export const registry = (name: string, forgets: boolean): Port => ({
  kind: 'registry',
  name,
  port: memoryRepositories({ lock: 'none', forgets }),
});
export const layouts = (name: string): Port => ({ kind: 'registry', name, port: memoryRepositories() });

const contents = new Map<string, Packed>();

/** Content made of one letter: few letters, so that commits often revert to what was there before. */
export function packed(artifact: string, letter: string): Packed {
  const key = `${artifact} ${letter}`;
  const known = contents.get(key);
  if (known !== undefined) return known;
  const yaml = Buffer.from(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${letter}\n`);
  const bytes = gzip(tar([{ path: 'manifests.yaml', bytes: yaml }]));
  const made: Packed = {
    name: artifact,
    render: 'plain',
    content: { mediaType: CONTENT_TYPE, digest: digestOf(bytes), size: bytes.length },
    bytes,
    views: { object: viewOfBytes(yaml), tarball: viewOfBytes(bytes) },
    resources: 1,
    findings: [],
  };
  contents.set(key, made);
  return made;
}

/** Commits are numbers on one line. */
export const commitId = (n: number): string => n.toString(16).padStart(40, '0');
export const numberOf = (commit: string | undefined): number =>
  commit === undefined ? 0 : Number.parseInt(commit, 16);

export const linear: ReleasePlan['history'] = {
  async relation(ours, other) {
    const difference = numberOf(ours) - numberOf(other);
    return difference === 0 ? 'same' : difference > 0 ? 'newer' : 'older';
  },
};

export interface Publisher {
  readonly run: number;
  readonly commit: number;
  readonly letters: Readonly<Record<string, string>>;
  readonly stores: readonly Store[];
  readonly primary: string;
  readonly quorum: number;
  readonly version?: string;
  /** Who signs what it publishes; absent: nobody. */
  readonly signer?: string;
  /** Default: waiting takes no time. */
  readonly waiting?: Patience;
}

/** Every look at a claim that is in the way is a step of the simulation. */
export const IMPATIENT: Patience = { looks: 60, pause: async () => undefined };

export function planOf({
  run,
  commit,
  stores,
  primary,
  quorum,
  version,
  signer,
  waiting = IMPATIENT,
}: Publisher): ReleasePlan {
  return {
    project: 'default',
    channel: CHANNEL,
    ...(version === undefined ? {} : { version }),
    stores,
    primary,
    quorum,
    provenance: { commit: commitId(commit), commitTime: '2026-01-01T00:00:00Z', ref: 'main', dirty: false },
    runner: { ci: true },
    history: linear,
    allowed: [],
    adopt: false,
    sealing: signer === undefined ? UNSEALED : fakeSealing(signer),
    listed: ARTIFACTS,
    // Spread over the first digits, which are what a registry's tags show.
    run: (Math.imul(run + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').padEnd(32, '0'),
    at: '2026-01-01T00:00:00Z',
    patience: waiting,
  };
}

type Stage = (round: Decided) => Promise<Decided>;

/** Stages that a test may watch, or break. */
export interface LateStages {
  readonly watch: Stage;
  readonly look: Stage;
  readonly show: Stage;
}

/** The stages as `pipeline.ts` tells them, from packed artifacts on. */
export async function publishOnce(
  publisher: Publisher,
  plan: ReleasePlan = planOf(publisher),
  artifacts: readonly Packed[] = Object.entries(publisher.letters).map(([name, letter]) => packed(name, letter)),
  { watch = reserve, look = spare, show = name }: Partial<LateStages> = {},
): Promise<Decided> {
  const prover = publisher.signer === undefined ? undefined : fakeProver(publisher.signer, plan.run);
  return untilSettled(plan, artifacts, async (see) => {
    const compared = await compare(plan, artifacts);
    see(compared);
    const known = await recognise(await put(await watch(await decide(compared))));
    const subjects = await unproved(known);
    const proved = await attach(known, subjects, await prove(subjects, prover));
    return settle(await show(await look(await record(await verify(proved)))));
  });
}

/** All records of a store, newest first. */
export async function recordsOf(store: Store): Promise<readonly ReleaseRecord[]> {
  const heads = await store.ledger.heads(CHANNEL);
  const records = await Promise.all(heads.map((head) => store.ledger.read(CHANNEL, head)));
  return records.filter((found) => found !== undefined);
}

const byNameOnly = (artifact: string): Entry => {
  const { content, views } = packed(artifact, 'a');
  return {
    name: artifact,
    content: content.digest,
    manifest: content.digest,
    size: 0,
    resources: 0,
    views,
    proofs: [],
    since: 0,
  };
};

/** Where the names of {@link CHANNEL} lie. */
export const SPACE: NameSpace = { kind: 'channel', channel: CHANNEL };

/** What the names of a store show. */
export function namesOf(store: Store): Promise<ReadonlyMap<string, Digest>> {
  return store.names.held(SPACE, ARTIFACTS.map(byNameOnly));
}

/** Whether readers of the store find what proves an entry. */
async function isProved(store: Store, entry: Entry): Promise<boolean> {
  const manifest = { mediaType: MANIFEST_TYPE, digest: entry.manifest, size: 0 };
  const shown = { name: entry.name, manifest, shows: store.names.shows(SPACE, entry) };
  return acceptsFake(shown, await store.proofs.found(entry)).then(
    () => true,
    () => false,
  );
}

/** Throws when a name shows what no record of its store lists, what cannot be read whole, or, if `sealed`, what is not proved. */
export async function assertWhole(store: Store, sealed = false): Promise<void> {
  const [held, records] = [await namesOf(store), await recordsOf(store)];
  for (const [artifact, digest] of held) {
    const entries = records
      .flatMap(({ artifacts }) => artifacts)
      .filter((e) => e.name === artifact && store.names.shows(SPACE, e) === digest);
    const [entry] = entries;
    if (entry === undefined) throw new Error(`"${artifact}" in "${store.name}" shows ${digest}, which no record lists`);
    if ((await store.shelf.get(entry)) === undefined) throw new Error(`"${artifact}" in "${store.name}" is not whole`);
    if (!sealed) continue;
    const proved = await Promise.all(entries.map((one) => isProved(store, one)));
    if (!proved.includes(true)) throw new Error(`"${artifact}" in "${store.name}" is not proved`);
  }
}
