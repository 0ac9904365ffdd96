/** A publisher's own view of shared stores: its requests are written down, and it can be frozen at any of them. */
import { SlipwayError } from '../../src/errors.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import type { Store } from '../../src/ship/store.ts';
import { CHANNEL, openStore, type Port } from './world.ts';

/** A request: `target` is an object's key or `repository:reference`. */
export interface Call {
  readonly store: string;
  readonly method: string;
  readonly target: string;
}

/** A place where a publisher sleeps. */
export interface Stop {
  /** Resolves when it has come there. */
  readonly reached: Promise<void>;
  release(): void;
}

export interface Actor {
  readonly stores: readonly Store[];
  /** Requests that took effect. */
  readonly calls: readonly Call[];
  /** Freezes the actor before the first request that matches: from then on nothing of it takes effect. */
  stopAt(match: (call: Call) => boolean): Stop;
}

const isWrite = ({ method }: Call): boolean => method.startsWith('put');

/** Whether a request reads or writes a name of the channel. */
export const isName = ({ target }: Call): boolean =>
  target.startsWith(`channels/${CHANNEL}/`) || target.endsWith(`:${CHANNEL}`);

/** Writes of names. */
export const nameWrites = (calls: readonly Call[]): readonly Call[] =>
  calls.filter((call) => isWrite(call) && isName(call));

/** Whether a request creates a release record. */
export const isRecord = (call: Call): boolean =>
  isWrite(call) && /^releases\/|:slipway\.[^:]*\.\d{9}\.[0-9a-f]{8}$/.test(call.target);

/** An actor on these stores; `down` are the names of those that it cannot reach. */
export function actor(ports: readonly Port[], down: readonly string[] = []): Actor {
  const calls: Call[] = [];
  let stop: { match: (call: Call) => boolean; reach: () => void; released: Promise<void> } | undefined;
  let frozen: Promise<void> | undefined;

  async function turn(call: Call, effect: () => Promise<unknown>): Promise<unknown> {
    if (frozen === undefined && stop?.match(call)) {
      frozen = stop.released;
      stop.reach();
    }
    await frozen;
    if (down.includes(call.store)) throw new SlipwayError('NETWORK', 'The store is unreachable');
    calls.push(call);
    return effect();
  }

  function own<T extends Objects | Repositories>(store: string, port: T): T {
    const wrapped = Object.entries(port).map(([method, member]: [string, unknown]) => {
      if (typeof member !== 'function') return [method, member];
      const act = (...args: unknown[]) => {
        const target = args.filter((arg) => typeof arg === 'string').join(':');
        return turn({ store, method, target }, () => Reflect.apply(member, port, args));
      };
      return [method, act];
    });
    return Object.fromEntries(wrapped) as T;
  }

  return {
    calls,
    stores: ports.map((port) =>
      openStore(
        port.kind === 'bucket'
          ? { ...port, port: own(port.name, port.port) }
          : { ...port, port: own(port.name, port.port) },
      ),
    ),
    stopAt(match) {
      let reach = (): void => undefined;
      let release = (): void => undefined;
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      stop = { match, reach, released };
      return { reached, release: () => release() };
    },
  };
}
