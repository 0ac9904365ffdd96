/** The real stages for two channels over stores in memory, each command by a run of its own that may die at any request. */
import { returnedIn } from '../../src/control/origin.ts';
import type { Digest, Entry, ReleaseRecord } from '../../src/model.ts';
import { control } from '../../src/pipeline.ts';
import { weighing } from '../../src/plan.ts';
import type { Change } from '../../src/ship/control/change.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import type { Store } from '../../src/ship/store.ts';
import { stopwatch } from '../../src/stopwatch.ts';
import type { Held } from './control-model.ts';
import { ARTIFACTS, commitId, numberOf, openStore, type Port, packed, planOf, publishOnce } from './world.ts';

/** How a command ended: `dead` where it was killed. */
export type Ended = 'done' | 'refused' | 'missing' | 'dead';

/** What is told to a run besides its command. */
export interface RunOptions {
  /** Requests after which nothing of the run takes effect any more. */
  readonly dies?: number;
}

interface Deadline {
  left: number;
  readonly reached: Promise<'dead'>;
  readonly die: () => void;
}

function deadline(requests: number): Deadline {
  let die = (): void => undefined;
  const reached = new Promise<'dead'>((resolve) => {
    die = () => resolve('dead');
  });
  return { left: requests, reached, die: () => die() };
}

/** A port of which nothing is heard any more once its run is dead. */
function mortal<T extends Objects | Repositories>(port: T, until: Deadline): T {
  const wrapped = Object.entries(port).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function') return [name, member];
    return [
      name,
      async (...args: unknown[]) => {
        if (until.left <= 0) {
          until.die();
          await new Promise(() => undefined);
        }
        until.left -= 1;
        return Reflect.apply(member, port, args);
      },
    ];
  });
  return Object.fromEntries(wrapped) as T;
}

const storesOf = (ports: readonly Port[], until: Deadline): readonly Store[] =>
  ports.map((port) =>
    openStore(
      port.kind === 'bucket'
        ? { ...port, port: mortal(port.port, until) }
        : { ...port, port: mortal(port.port, until) },
    ),
  );

const endedAs = (outcome: string, code: string | undefined): Ended => {
  if (outcome === 'refused') return 'refused';
  if (code === 'NOT_FOUND') return 'missing';
  if (outcome === 'failed') throw new Error(`failed: ${code ?? ''}`);
  return 'done';
};

/** Stores with two channels, and the runs that change them. */
export class ControlWorld {
  readonly #ports: readonly Port[];
  readonly #letters: (commit: number, artifact: string) => string;
  #runs = 0;

  constructor(ports: readonly Port[], letters: (commit: number, artifact: string) => string) {
    this.#ports = ports;
    this.#letters = letters;
  }

  #planFor(channel: string, commit: number, until: Deadline): ReturnType<typeof planOf> {
    this.#runs += 1;
    const stores = storesOf(this.#ports, until);
    const primary = stores[0]?.name ?? '';
    const plan = planOf({ run: this.#runs, commit, letters: {}, stores, primary, quorum: stores.length });
    return { ...plan, channel };
  }

  /** Publishes a commit. */
  async publish(channel: string, commit: number, { dies = Number.POSITIVE_INFINITY }: RunOptions = {}): Promise<Ended> {
    const until = deadline(dies);
    const plan = this.#planFor(channel, commit, until);
    const artifacts = ARTIFACTS.map((name) => packed(name, this.#letters(commit, name)));
    const publisher = { run: 0, commit, letters: {}, stores: plan.stores, primary: plan.primary, quorum: plan.quorum };
    const run = publishOnce(publisher, plan, artifacts).then(({ end, outcome }) =>
      endedAs(end?.outcome ?? outcome, end?.error?.code),
    );
    return Promise.race([run, until.reached]);
  }

  /** Changes a channel without a build. */
  async change(channel: string, change: Change, { dies = Number.POSITIVE_INFINITY }: RunOptions = {}): Promise<Ended> {
    const until = deadline(dies);
    const { provenance: _, ...plan } = this.#planFor(channel, 0, until);
    const run = control({
      release: { ...plan, provenance: { dirty: false } },
      change,
      clock: stopwatch(),
      // How far a release reaches is tested elsewhere: here objects wander between artifacts all the time.
      weighing: { ...weighing(), read: () => [] },
      facts: () => ({ requests: {}, seconds: {}, dryRun: false }),
    }).then(({ outcome, error }) => endedAs(outcome, error?.code));
    return Promise.race([run, until.reached]);
  }

  /** Brings what one channel has into the other. */
  async promote(from: string, to: string, options: RunOptions = {}): Promise<Ended> {
    const record = await this.newest(from);
    if (record === undefined) return 'missing';
    const { generation, run, artifacts: entries, floor, blocked } = record;
    const origin = {
      label: from,
      from: { channel: from, generation, run },
      entries,
      floor,
      blocked,
      returned: await returnedIn(record, this.#ports.map(openStore)),
      order: {},
      holders: [],
    };
    return this.change(to, { kind: 'promote', origin }, options);
  }

  /** The newest record of a channel, which is the same in all stores unless a run died. */
  async newest(channel: string): Promise<ReleaseRecord | undefined> {
    const [first] = this.#ports.map(openStore);
    const head = await first?.ledger.head(channel);
    return head && first?.ledger.read(channel, head);
  }

  /** What every store shows under a channel, and its newest record there. */
  async shown(
    channel: string,
  ): Promise<
    readonly { readonly record?: ReleaseRecord; readonly names: ReadonlyMap<string, Digest>; readonly store: Store }[]
  > {
    return Promise.all(
      this.#ports.map(openStore).map(async (store) => {
        const head = await store.ledger.head(channel);
        const record = head && (await store.ledger.read(channel, head));
        const names = await store.names.held({ kind: 'channel', channel }, record?.artifacts ?? []);
        return { store, names, ...(record && { record }) };
      }),
    );
  }
}

/** What an entry holds, in the words of the model. */
export function heldOf(entry: Entry): Held {
  const letter = [...'abcdefgh'].find((one) => packed(entry.name, one).content.digest === entry.content);
  return { letter: letter ?? '?', commit: numberOf(entry.commit), orphan: entry.orphan === true };
}

export { commitId, numberOf };
