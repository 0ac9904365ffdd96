/** Heal in the protocol's world of stores in memory: damage that a store does not notice, and runs that end anywhere. */
import { digestOf } from '../../src/digest.ts';
import { SlipwayError } from '../../src/errors.ts';
import type { Receipt } from '../../src/model.ts';
import { heal } from '../../src/pipeline.ts';
import { mendingStore } from '../../src/ship/heal/mending-store.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import type { ReleasePlan } from '../../src/ship/release-plan.ts';
import type { Store } from '../../src/ship/store.ts';
import { stopwatch } from '../../src/stopwatch.ts';
import { acceptsFake, UNSEALED } from './sealing.ts';
import { CHANNEL, openStore, type Port, planOf } from './world.ts';

/** What is healed: the channel, or a version. */
export type Healed = { readonly channel: string } | { readonly version: string };

const IN_CHANNEL: Healed = { channel: CHANNEL };

/** The stages as `pipeline.ts` tells them, on these stores. */
export async function healOnce(
  stores: readonly Store[],
  { what = IN_CHANNEL, sealed = true, quorum = stores.length }: HealingOptions = {},
): Promise<Receipt> {
  const {
    channel: _,
    version: __,
    ...common
  } = planOf({
    ...{ run: 77, commit: 1, letters: {}, stores, primary: stores[0]?.name ?? '', quorum: 0 },
  });
  const mending = stores.map((store) => mendingStore(store, new Set()));
  const release: ReleasePlan = {
    ...common,
    ...what,
    stores: mending.map(({ store }) => store),
    sealing: sealed ? { ...UNSEALED, policy: { accepts: acceptsFake } } : UNSEALED,
  };
  const mends = new Map(mending.map(({ store, mends: done }) => [store.name, done]));
  const chosen = new Set(stores.map(({ name }) => name));
  return heal({
    release,
    options: { chosen, quorum, mends, wrote: () => false },
    clock: stopwatch(),
    facts: () => ({ requests: {}, seconds: {}, dryRun: false }),
  });
}

export interface HealingOptions {
  readonly what?: Healed;
  readonly sealed?: boolean;
  readonly quorum?: number;
}

/** A port whose things can be damaged behind its back: they give out other bytes until somebody writes them again. */
export interface Damageable {
  readonly port: Port;
  /** Everything in it: keys of objects; `REPOSITORY blob DIGEST`, `REPOSITORY manifest DIGEST`, `REPOSITORY tag TAG`. */
  things(): Promise<readonly string[]>;
  damage(thing: string): void;
  remove(thing: string): Promise<void>;
}

const OTHER = Buffer.from('{"damaged":true}');

function damageableBucket(name: string, inner: Objects): Damageable {
  const damaged = new Set<string>();
  const written = <T>(key: string, result: Promise<T>): Promise<T> =>
    result.then((answer) => {
      if (!(typeof answer === 'object' && answer !== null && Reflect.get(answer, 'outcome') === 'exists'))
        damaged.delete(key);
      return answer;
    });
  const port: Objects = {
    ...inner,
    async get(key) {
      const found = await inner.get(key);
      return found !== undefined && damaged.has(key) ? { ...found, bytes: OTHER } : found;
    },
    put: (key, bytes, options) => written(key, inner.put(key, bytes, options)),
    replace: (key, bytes, etag, options) => written(key, inner.replace(key, bytes, etag, options)),
  };
  return {
    port: { kind: 'bucket', name, port },
    things: async () => (await inner.list('')).objects.map(({ key }) => key),
    damage: (key) => void damaged.add(key),
    remove: (key) => inner.delete(key),
  };
}

/** What was ever written to repositories; a tag that is removed stays removed until it is written again. */
function damageableRepositories(name: string, inner: Repositories, readsByTag: boolean): Damageable {
  const damaged = new Set<string>();
  const gone = new Set<string>();
  const known = new Set<string>();
  const corrupt = (thing: string): SlipwayError => new SlipwayError('CORRUPT', `"${thing}" is damaged`);
  const manifestOf = (repository: string, digest: string): string => `${repository} manifest ${digest}`;
  const wrote = (...things: readonly string[]): void => {
    for (const thing of things) {
      known.add(thing);
      damaged.delete(thing);
      gone.delete(thing);
    }
  };
  const port: Repositories = {
    ...inner,
    hasBlob: async (repository, digest) =>
      !gone.has(`${repository} blob ${digest}`) && (await inner.hasBlob(repository, digest)),
    async getBlob(repository, digest) {
      const thing = `${repository} blob ${digest}`;
      if (damaged.has(thing)) throw corrupt(thing);
      return gone.has(thing) ? undefined : inner.getBlob(repository, digest);
    },
    async putBlob(repository, digest, bytes, from) {
      await inner.putBlob(repository, digest, bytes, from);
      wrote(`${repository} blob ${digest}`);
    },
    async getManifest(repository, reference) {
      const found = await inner.getManifest(repository, reference);
      const isTag = !reference.startsWith('sha256:');
      if (found === undefined || (isTag && gone.has(`${repository} tag ${reference}`))) return undefined;
      const thing = manifestOf(repository, found.digest);
      if (gone.has(thing)) return undefined;
      if (!damaged.has(thing)) return found;
      // A registry gives out under a tag whatever is there; a folder knows which digest it has to have.
      if (isTag && readsByTag) return { ...found, bytes: OTHER, digest: digestOf(OTHER) };
      throw corrupt(thing);
    },
    async putManifest(repository, reference, bytes, put) {
      const { unless } = put;
      const isThere = (tag: string): boolean => !gone.has(`${repository} tag ${tag}`) && unless?.(tag) === true;
      const answer = await inner.putManifest(repository, reference, bytes, {
        ...put,
        ...(unless && { unless: isThere }),
      });
      if (answer.outcome === 'exists') return answer;
      wrote(manifestOf(repository, digestOf(bytes)));
      if (!reference.startsWith('sha256:')) wrote(`${repository} tag ${reference}`);
      return answer;
    },
    async referrers(repository, subject) {
      const listed = await inner.referrers(repository, subject);
      return listed?.filter(({ digest }) => !gone.has(manifestOf(repository, digest)));
    },
    tags: async (repository, options) =>
      (await inner.tags(repository, options)).filter((tag) => !gone.has(`${repository} tag ${tag}`)),
  };
  return {
    port: { kind: 'registry', name, port },
    things: async () => [...known].filter((thing) => !gone.has(thing)).sort(),
    damage: (thing) => void damaged.add(thing),
    remove: async (thing) => void gone.add(thing),
  };
}

/** A port of this kind in memory, empty. */
export function damageable({ kind, name, port }: Port, readsByTag = true): Damageable {
  return kind === 'bucket' ? damageableBucket(name, port) : damageableRepositories(name, port, readsByTag);
}

/** A run that ends at one of its writes. */
export interface Ending {
  readonly stores: readonly Store[];
  /** Whether it came to that write. */
  isOver(): boolean;
}

/** A port as a run sees it that ends at its n-th write, counted over all its ports, before or after it takes effect. */
export function ending(
  ports: readonly Port[],
  at: { readonly write: number; readonly when: 'before' | 'after' },
): Ending {
  let writes = 0;
  let ended = false;
  const over = (): SlipwayError => new SlipwayError('INTERRUPTED', 'The run ended');
  async function turn(method: string, effect: () => Promise<unknown>): Promise<unknown> {
    if (ended) throw over();
    if (!/^(?:put|replace|delete)/.test(method)) return effect();
    writes += 1;
    if (writes !== at.write) return effect();
    ended = true;
    if (at.when === 'after') await effect();
    throw over();
  }
  function own<T extends Objects | Repositories>(port: T): T {
    const wrapped = Object.entries(port).map(([method, member]: [string, unknown]) => {
      if (typeof member !== 'function') return [method, member];
      return [method, (...args: unknown[]) => turn(method, () => Reflect.apply(member, port, args))];
    });
    return Object.fromEntries(wrapped) as T;
  }
  const stores = ports.map((port) =>
    openStore(port.kind === 'bucket' ? { ...port, port: own(port.port) } : { ...port, port: own(port.port) }),
  );
  return { stores, isOver: () => ended };
}
