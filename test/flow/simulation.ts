/** One seeded run: a few publishers with crashes, freezes and stores that flap, then one more run that must settle it. */
import type { ReleaseRecord } from '../../src/model.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import type { Decided } from '../../src/ship/release.ts';
import type { Store } from '../../src/ship/store.ts';
import { randomOf, scheduler } from './scheduler.ts';
import {
  ARTIFACTS,
  assertWhole,
  bucket,
  CHANNEL,
  layouts,
  namesOf,
  numberOf,
  openStore,
  type Port,
  type Publisher,
  publishOnce,
  recordsOf,
  registry,
  SPACE,
} from './world.ts';

const LETTERS = 'abc';

/** Which stores take part; the first is the primary. */
function portsOf(random: (below: number) => number): readonly Port[] {
  const primaries = [() => bucket('bucket'), () => layouts('layouts'), () => registry('registry', random(2) === 0)];
  const others = [() => bucket('tarballs'), () => registry('mirror', random(2) === 0), () => layouts('disk')];
  const first = primaries[random(primaries.length)]?.() ?? bucket('bucket');
  return [first, ...others.slice(0, random(3)).map((make) => make())];
}

/** What can go wrong in a run besides the order of requests. Calm runs only have publishers that sleep. */
interface Weather {
  readonly crashes: boolean;
  readonly flaps: boolean;
  /** A store that once accepts content and loses it. */
  readonly loses: boolean;
}

function weatherOf(random: (below: number) => number): Weather {
  if (random(3) === 0) return { crashes: false, flaps: false, loses: false };
  return { crashes: random(2) === 0, flaps: random(3) === 0, loses: random(4) === 0 };
}

/** True once, at the n-th call. */
function once(n: number): () => boolean {
  let calls = 0;
  return () => {
    calls += 1;
    return calls === n;
  };
}

/** Checks every reader after every write of a name; `loses` says when a write of content is dropped silently. */
function watched(port: Port, { loses, sealed }: { readonly loses: () => boolean; readonly sealed: boolean }): Port {
  const store = openStore(port);
  if (port.kind === 'bucket') {
    const put: Objects['put'] = async (key, bytes, options) => {
      if (/^(content|manifests|proofs)\//.test(key) && loses()) return { outcome: 'created', etag: '' };
      const answer = await port.port.put(key, bytes, options);
      if (key.startsWith('channels/')) await assertWhole(store, sealed);
      return answer;
    };
    return { ...port, port: { ...port.port, put } };
  }
  const putManifest: Repositories['putManifest'] = async (repository, reference, bytes, options) => {
    if (reference.startsWith('content-') && loses()) return { outcome: 'created' };
    const answer = await port.port.putManifest(repository, reference, bytes, options);
    if (reference === CHANNEL) await assertWhole(store, sealed);
    return answer;
  };
  return { ...port, port: { ...port.port, putManifest } };
}

const gated = (port: Port, gate: <T extends Objects | Repositories>(inner: T) => T): Port =>
  port.kind === 'bucket' ? { ...port, port: gate(port.port) } : { ...port, port: gate(port.port) };

/** What a publisher of a commit would publish: the letters depend on the commit alone, and often come back. */
function lettersOf(seed: number, commit: number): Readonly<Record<string, string>> {
  const random = randomOf(seed * 7919 + commit);
  return Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, LETTERS[random(LETTERS.length)] ?? 'a']));
}

/** Facts to assert on after a run. */
export interface Simulated {
  readonly steps: number;
  readonly finished: readonly { readonly commit: number; readonly ended: Decided }[];
  readonly last: Decided;
  readonly stores: readonly Store[];
  /** Who signed in the last run; absent: nobody signed in any. */
  readonly signer: string | undefined;
}

const signerOf = (signer: string | undefined): Pick<Publisher, 'signer'> => (signer === undefined ? {} : { signer });

/** Who signs: nobody, all the same, or each publisher by one of two keys. */
type Signers = (random: (below: number) => number) => string | undefined;

function signersOf(random: (below: number) => number): Signers {
  const kind = random(4);
  if (kind > 1) return () => undefined;
  return kind === 0 ? () => 'key:a' : (draw) => (draw(2) === 0 ? 'key:a' : 'key:b');
}

async function runPublishers(
  seed: number,
  ports: readonly Port[],
  { weather, signers }: { readonly weather: Weather; readonly signers: Signers },
): Promise<Pick<Simulated, 'steps' | 'finished'>> {
  const random = randomOf(seed);
  const turns = scheduler(random);
  const down = new Map<string, boolean>();
  const finished: { readonly commit: number; readonly ended: Decided }[] = [];
  const failures: unknown[] = [];
  const publishers = 2 + random(3);
  for (let run = 0; run < publishers; run += 1) {
    const actor = `run-${run}`;
    const commit = 1 + random(4);
    const stores = ports.map((port) =>
      openStore(gated(port, (inner) => turns.gate(actor, inner, () => down.get(port.name) === true))),
    );
    const quorum = 1 + random(ports.length);
    const publisher: Publisher = {
      run,
      commit,
      letters: lettersOf(seed, commit),
      stores,
      primary: ports[0]?.name ?? '',
      quorum,
      ...signerOf(signers(random)),
    };
    if (weather.crashes && random(2) === 0)
      turns.crash(actor, { afterRequests: 1 + random(80), when: random(2) === 0 ? 'before' : 'after' });
    if (random(3) === 0) turns.freeze(actor, 1 + random(80), 50 + random(400));
    publishOnce(publisher).then(
      (ended) => finished.push({ commit, ended }),
      (thrown) => failures.push(thrown),
    );
  }
  const flapping = weather.flaps ? ports[random(ports.length)]?.name : undefined;
  const steps = await turns.run((step) => {
    if (flapping !== undefined) down.set(flapping, Math.floor(step / 40) % 3 === 1);
  });
  if (failures.length > 0) throw failures[0];
  return { steps, finished };
}

/** Every store shows the newest record, and no publisher that finished was lost. */
async function assertForward(stores: readonly Store[], finished: Simulated['finished']): Promise<void> {
  const [truth] = stores[0] === undefined ? [] : await recordsOf(stores[0]);
  if (truth === undefined) throw new Error('Nobody recorded anything');
  for (const { ended } of finished)
    if (ended.end !== undefined) throw new Error(`A run ended: ${ended.end.error?.message ?? ''}`);
  const newest = Math.max(...finished.map((f) => f.commit));
  // Without a lock a late rival may take the number of a record that is already named: that window is stated.
  if (stores[0]?.lock === 'cas' && numberOf(truth.floor?.commit) < newest)
    throw new Error(`A newer commit lost ${stores.map((x) => x.name).join(' ')}`);
  for (const store of stores) await assertShows(store, truth);
  if (stores[0]?.lock === 'cas') assertNeverBack([...(await recordsOf(stores[0]))].reverse());
}

async function assertShows(store: Store, truth: ReleaseRecord): Promise<void> {
  const records = await recordsOf(store);
  if (records[0]?.run !== truth.run)
    throw new Error(`"${store.name}" does not hold the newest record of ${truth.primary}`);
  const held = await namesOf(store);
  for (const entry of truth.artifacts) {
    if (held.get(entry.name) !== store.names.shows(SPACE, entry))
      throw new Error(`"${entry.name}" in "${store.name}" is stale of ${truth.primary}`);
  }
  await assertWhole(store);
}

/** Whoever came last has proved everything, whoever signed before. */
function assertProvedBy({ artifacts }: ReleaseRecord, signer: string): void {
  const other = artifacts.find(({ proofs }) => !proofs.some((p) => p.kind === 'bundle' && p.signer === signer));
  if (other !== undefined) throw new Error(`"${other.name}" is not proved by ${signer}`);
}

/** Over the generations, oldest first, neither the floor nor any artifact's commit goes back. */
function assertNeverBack(records: readonly ReleaseRecord[]): void {
  const highest = new Map<string, number>();
  for (const { floor, artifacts, generation } of records) {
    const order = [['floor', floor?.commit] as const, ...artifacts.map(({ name, commit }) => [name, commit] as const)];
    for (const [what, commit] of order) {
      if (numberOf(commit) < (highest.get(what) ?? 0)) throw new Error(`${what} went back in generation ${generation}`);
      highest.set(what, numberOf(commit));
    }
  }
}

/** Runs one seed. Throws when a reader ever sees something torn; the caller asserts on what it returns. */
export async function simulate(seed: number): Promise<Simulated> {
  const random = randomOf(seed ^ 0x5eed);
  const weather = weatherOf(random);
  const ports = portsOf(random);
  const signers = signersOf(randomOf(seed ^ 0x51617));
  const signer = signers(random);
  const sealed = signer !== undefined;
  const watchedPorts = ports.map((port) =>
    watched(port, { loses: weather.loses ? once(1 + random(12)) : () => false, sealed }),
  );
  const during = await runPublishers(seed, watchedPorts, { weather, signers });
  const stores = watchedPorts.map(openStore);
  if (!weather.crashes && !weather.flaps) await assertForward(stores, during.finished);
  const commit = 5;
  const again = random(2) === 0 ? Math.max(1, ...during.finished.map((f) => f.commit)) : commit;
  const last = await publishOnce({
    run: 99,
    commit: again,
    letters: lettersOf(seed, again),
    stores,
    primary: ports[0]?.name ?? '',
    quorum: ports.length,
    ...signerOf(signer),
  });
  return { ...during, last, stores, signer };
}

/** Everything that must hold once the last run is through. Throws with what does not. */
export async function assertSettled({ stores, finished, last, signer }: Simulated): Promise<void> {
  if (last.end !== undefined)
    throw new Error(`The last run ended ${last.end.outcome}: ${last.end.error?.message ?? ''}`);
  const truth = last.target;
  if (truth === undefined) throw new Error('There is no record');
  for (const store of stores) {
    await assertShows(store, truth);
    await assertWhole(store, signer !== undefined);
  }
  if (signer !== undefined && last.outcome !== 'superseded') assertProvedBy(truth, signer);
  if (stores[0]?.lock === 'cas') assertNeverBack([...(await recordsOf(stores[0]))].reverse());
  const done = finished.filter(({ ended }) => ended.end === undefined).map(({ commit }) => commit);
  if (numberOf(truth.floor?.commit) < Math.max(0, ...done)) throw new Error('A finished commit was lost');
}
