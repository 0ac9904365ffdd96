/**
 * Grants one store request at a time, in an order drawn from a seed, so that a run of several publishers is one
 * interleaving that can be repeated. A crashed publisher is one that is never granted anything again.
 */
import { SlipwayError } from '../../src/errors.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';

/** Small, fast and seeded (mulberry32): a test must repeat exactly. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

interface Waiting {
  readonly actor: string;
  readonly go: () => void;
}

/** When an actor stops: before a request takes effect, or after it but before the answer arrives. */
export interface Crash {
  readonly afterRequests: number;
  readonly when: 'before' | 'after';
}

export interface Scheduler {
  /** Wraps a port so that each request waits for its turn. `down` makes the store unreachable while it holds. */
  gate<T extends Objects | Repositories>(actor: string, port: T, down: () => boolean): T;
  crash(actor: string, crash: Crash): void;
  /** Withholds an actor's turns for a number of steps, from its n-th request on. */
  freeze(actor: string, afterRequests: number, steps: number): void;
  /** Runs until nobody waits any more. `onStep` sees every step before it is granted. */
  run(onStep?: (step: number) => void): Promise<number>;
}

const never = new Promise<never>(() => {});

export function scheduler(random: (below: number) => number): Scheduler {
  let waiting: Waiting[] = [];
  let step = 0;
  const requests = new Map<string, number>();
  const crashes = new Map<string, Crash>();
  const freezes = new Map<string, { readonly from: number; readonly steps: number; until?: number }>();

  const frozen = (actor: string): boolean => {
    const freeze = freezes.get(actor);
    if (freeze === undefined || (requests.get(actor) ?? 0) < freeze.from) return false;
    freeze.until ??= step + freeze.steps;
    return step < freeze.until;
  };

  async function turn(actor: string, down: () => boolean, effect: () => Promise<unknown>): Promise<unknown> {
    await new Promise<void>((go) => waiting.push({ actor, go }));
    const count = (requests.get(actor) ?? 0) + 1;
    requests.set(actor, count);
    const crash = crashes.get(actor);
    if (crash !== undefined && count > crash.afterRequests) return never;
    if (crash?.when === 'before' && count === crash.afterRequests) return never;
    if (down()) throw new SlipwayError('NETWORK', 'The store is unreachable');
    const answer = await effect();
    return crash?.when === 'after' && count === crash.afterRequests ? never : answer;
  }

  return {
    gate<T extends Objects | Repositories>(actor: string, port: T, down: () => boolean): T {
      const wrapped = Object.entries(port).map(([name, member]: [string, unknown]) => {
        if (typeof member !== 'function') return [name, member];
        return [name, (...args: unknown[]) => turn(actor, down, () => Reflect.apply(member, port, args))];
      });
      return Object.fromEntries(wrapped) as T;
    },
    crash: (actor, crash) => void crashes.set(actor, crash),
    freeze: (actor, from, steps) => void freezes.set(actor, { from, steps }),
    async run(onStep) {
      for (;;) {
        // Everything here is promises over memory: after one macrotask whoever can ask has asked.
        await new Promise((done) => setImmediate(done));
        if (waiting.length === 0) return step;
        const ready = waiting.filter(({ actor }) => !frozen(actor));
        const from = ready.length > 0 ? ready : waiting;
        const chosen = from[random(from.length)];
        if (chosen === undefined) return step;
        waiting = waiting.filter((other) => other !== chosen);
        step += 1;
        onStep?.(step);
        chosen.go();
      }
    },
  };
}
