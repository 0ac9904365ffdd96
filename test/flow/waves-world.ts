/** `staging` and `prod` over stores in memory, and promotions in waves between them whose every request is a step. */

import type { WaveJob } from '../../src/control/wave-job.ts';
import { lookingAt } from '../../src/control/wave-look.ts';
import { promoteWaves } from '../../src/control/waves.ts';
import type { Promotion, ReleaseRecord } from '../../src/model.ts';
import { control } from '../../src/pipeline.ts';
import { weighing } from '../../src/plan.ts';
import { compare } from '../../src/ship/compare.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import type { ReleasePlan } from '../../src/ship/release-plan.ts';
import { stopwatch } from '../../src/stopwatch.ts';
import { type Crash, randomOf, type Scheduler, scheduler } from './scheduler.ts';
import { ARTIFACTS, bucket, openStore, type Port, packed, planOf, publishOnce, recordsOf, registry } from './world.ts';

/** Seconds that each wave has to be live. */
export const SOAK = 1800;

/** One artifact a wave. */
export const NAMES: readonly string[] = ['first', 'second', 'last'];

/** A promotion that is one of several at once. */
export interface Promoter {
  readonly actor: string;
  /** Of `staging`. */
  readonly generation: number;
  readonly crash?: Crash;
}

/** A request that changes something, by its number among all of its actor. */
export interface Write {
  readonly actor: string;
  readonly index: number;
}

export class WavesWorld {
  readonly ports: readonly Port[] = [bucket('us'), registry('eu', false)];
  /** Milliseconds; moved by waiting alone. */
  clock: number = Date.UTC(2026, 4, 1, 12);
  readonly writes: Write[] = [];
  readonly #scheduler: Scheduler;
  readonly #requests = new Map<string, number>();
  #runs = 0;

  constructor(seed = 1) {
    this.#scheduler = scheduler(randomOf(seed));
  }

  #at(): string {
    return `${new Date(this.clock).toISOString().slice(0, 19)}Z`;
  }

  #planFor(channel: string, commit: number, ports: readonly Port[]): ReleasePlan {
    this.#runs += 1;
    const stores = ports.map(openStore);
    const plan = planOf({ run: this.#runs, commit, letters: {}, stores, primary: 'us', quorum: stores.length });
    return { ...plan, channel, at: this.#at() };
  }

  /** Publishes a commit whose artifacts all hold one letter. */
  async publish(channel: string, commit: number, letter: string): Promise<void> {
    const plan = this.#planFor(channel, commit, this.ports);
    const { stores, primary, quorum } = plan;
    const publisher = { run: 0, commit, letters: {}, stores, primary, quorum };
    const ended = await publishOnce(
      publisher,
      plan,
      ARTIFACTS.map((name) => packed(name, letter)),
    );
    if (ended.end !== undefined) throw new Error(ended.end.error?.message);
  }

  /** Counts requests, and notes which of them change something. */
  #counted<T extends Objects | Repositories>(actor: string, port: T): T {
    const wrapped = Object.entries(port).map(([name, member]: [string, unknown]) => {
      if (typeof member !== 'function') return [name, member];
      return [
        name,
        (...args: unknown[]) => {
          const index = (this.#requests.get(actor) ?? 0) + 1;
          this.#requests.set(actor, index);
          if (/^(?:put|write|create|delete|upload)/.test(name)) this.writes.push({ actor, index });
          return Reflect.apply(member, port, args);
        },
      ];
    });
    return Object.fromEntries(wrapped) as T;
  }

  #own(actor: string): readonly Port[] {
    const up = (): boolean => false;
    return this.ports.map((port) =>
      port.kind === 'bucket'
        ? { ...port, port: this.#counted(actor, this.#scheduler.gate(actor, port.port, up)) }
        : { ...port, port: this.#counted(actor, this.#scheduler.gate(actor, port.port, up)) },
    );
  }

  async #record(generation: number): Promise<ReleaseRecord> {
    const record = await openStore(bucketIn(this.ports)).ledger.read('staging', { generation });
    if (record === undefined) throw new Error(`no generation ${generation}`);
    return record;
  }

  async #promote({ actor, generation }: Promoter): Promise<Promotion> {
    const { run, artifacts: entries, floor, blocked } = await this.#record(generation);
    const label = `generation ${generation} of channel "staging"`;
    const from = { channel: 'staging', generation, run };
    const origin = { ...{ label, from, entries, floor, blocked }, returned: [], order: {}, holders: ['us', 'eu'] };
    const ports = this.#own(actor);
    const waves = NAMES.map((name, index): WaveJob => {
      const step = { name, step: index + 1, of: NAMES.length };
      return { name, step, soak: SOAK, entries: entries.filter((entry) => entry.name === ARTIFACTS[index]) };
    });
    const release = (): ReleasePlan => ({ ...this.#planFor('prod', 0, ports), provenance: { dirty: false } });
    const newest = async () => (await compare({ ...release(), quorum: 0 }, [])).line.newest;
    const ledgers = ports.map((port) => openStore(port).ledger);
    return promoteWaves({
      ...{ project: 'default', channel: 'prod', from, waves, allowed: [], dryRun: false },
      look: lookingAt({ channel: 'prod', from, ledgers, newest }),
      bring: (wave, earlier) =>
        control({
          release: release(),
          change: {
            kind: 'promote',
            origin,
            artifacts: wave.entries.map(({ name }) => name),
            wave: wave.step,
            earlier,
          },
          clock: stopwatch(),
          weighing: { ...weighing(), read: () => [] },
          facts: () => ({ requests: {}, seconds: {}, dryRun: false }),
        }),
      time: {
        now: () => new Date(this.clock),
        pause: async (milliseconds) => {
          this.clock += milliseconds;
        },
      },
      watcher: { done: () => undefined, soaking: () => undefined, note: () => undefined, every: SOAK * 1000 },
    });
  }

  /** Runs promotions at once; what was killed answers nothing. */
  async promote(...promoters: readonly Promoter[]): Promise<readonly (Promotion | undefined)[]> {
    const ended = new Map<string, Promotion>();
    let failure: unknown;
    for (const promoter of promoters) {
      if (promoter.crash) this.#scheduler.crash(promoter.actor, promoter.crash);
      this.#promote(promoter).then(
        (promotion) => ended.set(promoter.actor, promotion),
        (thrown: unknown) => {
          failure = thrown;
        },
      );
    }
    await this.#scheduler.run();
    if (failure !== undefined) throw failure;
    return promoters.map(({ actor }) => ended.get(actor));
  }

  /** The records of `prod`, oldest first. */
  async line(): Promise<readonly ReleaseRecord[]> {
    return (await recordsOf(openStore(bucketIn(this.ports)))).toReversed();
  }
}

function bucketIn(ports: readonly Port[]): Port {
  const found = ports.find(({ kind }) => kind === 'bucket');
  if (found === undefined) throw new Error('no bucket');
  return found;
}

/** The letter of every artifact of a record, in the order of the waves. */
export const lettersIn = ({ artifacts }: ReleaseRecord): string =>
  ARTIFACTS.map((name) => {
    const content = artifacts.find((entry) => entry.name === name)?.content;
    return [...'abcd'].find((letter) => packed(name, letter).content.digest === content) ?? '?';
  }).join('');

/** A world whose `prod` shows `a`, and whose `staging` went on to `b` and `c`. */
export async function wavesWorld(seed?: number): Promise<WavesWorld> {
  const world = new WavesWorld(seed);
  await world.publish('staging', 1, 'a');
  await world.publish('prod', 1, 'a');
  await world.publish('staging', 2, 'b');
  await world.publish('staging', 3, 'c');
  return world;
}
