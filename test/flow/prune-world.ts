/** What publishers and prunes share in the simulator: stores with a clock, and what must hold for what is kept. */
import { SlipwayError } from '../../src/errors.ts';
import type { ReleaseRecord } from '../../src/model.ts';
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import type { PruneOptions } from '../../src/ship/prune/prune.ts';
import type { Store } from '../../src/ship/store.ts';
import { CHANNEL, type Port, recordsOf } from './world.ts';

/** Milliseconds. */
export const MIN_AGE: number = 24 * 3_600_000;
/** For how long a store takes a signed request (`RequestTimeTooSkewed`): milliseconds. */
const SKEW = 15 * 60_000;
/** The version that the history claims. */
export const VERSION = '1.0.0';

/** The stores' clock, and everybody's: milliseconds since 1970. */
export interface Time {
  now: number;
}

/** One to three stores; the first is the primary. */
export function clockedPorts(random: (below: number) => number, time: Time): readonly Port[] {
  const now = (): number => time.now;
  const bucket = (name: string): Port => ({ kind: 'bucket', name, port: memoryObjects({ now }) });
  const layouts = (name: string): Port => ({ kind: 'registry', name, port: memoryRepositories() });
  const mirror = (): Port => {
    const port = memoryRepositories({ lock: 'none', referrers: random(2) === 0 });
    return { kind: 'registry', name: 'mirror', port };
  };
  const primary = random(4) === 0 ? layouts('layouts') : bucket('bucket');
  const others = [() => bucket('tarballs'), mirror, () => layouts('disk')];
  const first = random(others.length);
  return [primary, ...others.slice(first, first + random(3)).map((make) => make())];
}

type Methods = readonly (readonly [string, (...args: unknown[]) => Promise<unknown>])[];

const methodsOf = (port: Objects | Repositories): Methods =>
  Object.entries(port).flatMap(([name, member]: [string, unknown]) =>
    typeof member === 'function' ? [[name, (...args: unknown[]) => Reflect.apply(member, port, args)] as const] : [],
  );

function wrapped<T extends Objects | Repositories>(port: T, wrap: (method: Methods[number]) => Methods[number][1]): T {
  return { ...port, ...Object.fromEntries(methodsOf(port).map((method) => [method[0], wrap(method)])) };
}

/** What can make a name show something that is not whole: a write of the name, and every delete but those of notes. */
const isRisky = (method: string, target: string): boolean =>
  method.startsWith('delete')
    ? !target.startsWith('prune/')
    : /^(?:put|replace)/.test(method) && (target.startsWith('channels/') || target.endsWith(`:${CHANNEL}`));

const targetOf = (args: readonly unknown[]): string => args.filter((arg) => typeof arg === 'string').join(':');

/** Calls `check` after everything that could break what names show. */
export function watched(port: Port, check: () => Promise<void>): Port {
  const watch = <T extends Objects | Repositories>(inner: T): T =>
    wrapped(inner, ([name, act]) => async (...args) => {
      const answer = await act(...args);
      if (isRisky(name, targetOf(args))) await check();
      return answer;
    });
  return port.kind === 'bucket' ? { ...port, port: watch(port.port) } : { ...port, port: watch(port.port) };
}

/** Whether a request makes a record. */
export const makesRecord = (method: string, target: string): boolean =>
  method.startsWith('put') && /^releases\/|:slipway\.[^:]*\.\d{9}\.[0-9a-f]{8}$/.test(target);

/**
 * One actor's view of a port. `before` sees every request when it is sent, `gate` decides when a request takes effect; a delete that was sent long before that is refused,
 * as stores refuse what was signed long ago.
 */
export function seenBy(
  port: Port,
  {
    time,
    before = () => undefined,
  }: { readonly time: Time; readonly before?: (method: string, target: string) => void },
  gate: <T extends Objects | Repositories>(inner: T) => T,
): Port {
  const isDelete = (name: string): boolean => name.startsWith('delete');
  const view = <T extends Objects | Repositories>(inner: T): T => {
    const checked = wrapped(inner, ([name, act]) => async (...args) => {
      const sent = isDelete(name) ? args.pop() : undefined;
      if (typeof sent === 'number' && time.now - sent > SKEW)
        throw new SlipwayError('AUTH', 'The request is older than a quarter of an hour');
      return act(...args);
    });
    return wrapped(gate(checked), ([name, act]) => (...args) => {
      before(name, targetOf(args));
      return act(...args, ...(isDelete(name) ? [time.now] : []));
    });
  };
  return port.kind === 'bucket' ? { ...port, port: view(port.port) } : { ...port, port: view(port.port) };
}

/** What a prune works with here. `run` is any text. */
export function pruneOptions(
  stores: readonly Store[],
  { keep, run, time }: { readonly keep: number; readonly run: string; readonly time: Time },
): PruneOptions {
  const id = Buffer.from(run).toString('hex').padEnd(32, '0');
  const primaries = stores.slice(0, 1).map(({ name }) => name);
  return { stores, primaries, keep, minAge: MIN_AGE, exclusive: false, write: true, run: id, now: () => time.now };
}

const released = ({ artifacts }: ReleaseRecord): string =>
  JSON.stringify(artifacts.map(({ name, manifest, proofs }) => [name, manifest, proofs.map((p) => p.digest).sort()]));

/** Records down to the oldest of the last releases; equal neighbours are one release. */
export function lastReleases(newestFirst: readonly ReleaseRecord[], keep: number): readonly ReleaseRecord[] {
  const kept: ReleaseRecord[] = [];
  let releases = 0;
  for (const record of newestFirst) {
    const last = kept.at(-1);
    if (last === undefined || released(last) !== released(record)) releases += 1;
    if (releases > keep) break;
    kept.push(record);
  }
  return kept;
}

/** Throws when something that these records and the claim of {@link VERSION} list is missing in a store. */
export async function assertKept(
  stores: readonly Store[],
  kept: (store: Store) => Promise<readonly ReleaseRecord[]>,
): Promise<void> {
  for (const store of stores) {
    const claim = await store.ledger.claim(VERSION);
    const entries = [...(await kept(store)), ...(claim ? [claim] : [])].flatMap(({ artifacts }) => artifacts);
    for (const entry of entries) {
      const place = `"${entry.name}" ${entry.manifest} in "${store.name}"`;
      if ((await store.shelf.get(entry)) === undefined)
        throw new Error(`${place} is not whole, and a kept record lists it`);
      const [lost] = store.proofs
        .missing(entry, await store.proofs.found(entry))
        .filter(({ kind }) => store.proofs.kinds.includes(kind));
      if (lost !== undefined) throw new Error(`${place} lost its ${lost.kind}, and a kept record lists it`);
    }
  }
}

/** The last releases of a store. */
export const lastOf =
  (keep: number) =>
  async (store: Store): Promise<readonly ReleaseRecord[]> =>
    lastReleases(await recordsOf(store), keep);

/** Every record of a store: none may be left without what it lists. */
export const allOf: typeof recordsOf = recordsOf;
