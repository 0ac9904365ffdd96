/** Commands for the model of two channels, as fast-check plays them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { asSlipwayError } from '../../src/errors.ts';
import { type Channel, frozen, promoted, published, retired, rolledBack, type Step } from './control-model.ts';
import { ControlWorld, type Ended, heldOf, numberOf, type RunOptions } from './control-world.ts';
import type { Port } from './world.ts';

/** The model: both channels by name. */
export interface Model {
  staging: Channel;
  prod: Channel;
  /** Channels of which the last run was killed, and nobody came behind it yet. */
  readonly left: Set<Name>;
}

type Name = 'staging' | 'prod';
type Command = fc.AsyncCommand<Model, ControlWorld>;

/** Every commit has its own letters, mostly like those of its neighbours. */
export const lettersOf = (commit: number, artifact: string): string =>
  'abcdefgh'.charAt((Math.imul(commit, 0x9e3779b1) >>> (artifact.length + 3)) % 5);

/** One command: what the model makes of it, and what the stages do. */
interface Play {
  readonly said: string;
  readonly channel: Name;
  readonly model: (model: Model) => Step;
  readonly real: (world: ControlWorld, options: RunOptions) => Promise<Ended>;
}

/** A channel in the stores is what the model says, everywhere. */
async function assertLike(world: ControlWorld, name: Name, channel: Channel): Promise<void> {
  const state = channel.at(-1);
  for (const { record, names, store } of await world.shown(name)) {
    expect(record?.generation ?? 0, `generation in "${store.name}"`).toBe(channel.length);
    if (state === undefined || record === undefined) continue;
    const held = new Map(record.artifacts.map((entry) => [entry.name, heldOf(entry)]));
    expect(held, `artifacts in "${store.name}"`).toEqual(state.artifacts);
    expect(numberOf(record.floor?.commit)).toBe(state.floor);
    expect(new Set(record.blocked.map(numberOf))).toEqual(state.blocked);
    expect(record.frozen?.reason).toBe(state.frozen);
    for (const entry of record.artifacts) {
      expect(names.get(entry.name)).toBe(store.names.shows({ kind: 'channel', channel: name }, entry));
    }
  }
}

async function assertAllLike(world: ControlWorld, state: Model): Promise<void> {
  for (const name of ['staging', 'prod'] as const) {
    if (!state.left.has(name)) await assertLike(world, name, state[name]);
  }
}

function commandOf({ said, channel, model, real }: Play, dies: number | undefined): Command {
  return {
    check: () => true,
    async run(state, world) {
      const step = model(state);
      // A run that dies is followed by the same one, as a CI job that is started again.
      if (dies !== undefined) await real(world, { dies });
      expect(await real(world, {}), said).toBe(step.ended);
      state[channel] = step.channel;
      if (step.ended === 'done') state.left.delete(channel);
      await assertAllLike(world, state);
    },
    toString: () => (dies === undefined ? said : `${said}, killed at request ${dies} and run again`),
  };
}

/** A run that dies and is left so: whatever is done next completes what it recorded. */
function leftAt({ said, channel, model, real }: Play, dies: number): Command {
  return {
    check: () => true,
    async run(state, world) {
      const step = model(state);
      await real(world, { dies });
      if ((await world.newest(channel))?.generation === step.channel.length) state[channel] = step.channel;
      state.left.add(channel);
      await assertAllLike(world, state);
    },
    toString: () => `${said}, killed at request ${dies} and left`,
  };
}

const names = fc.constantFrom<Name>('staging', 'prod');

const plays: fc.Arbitrary<Play> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(names, fc.integer({ min: 1, max: 12 })).map(
      ([channel, commit]): Play => ({
        said: `publish ${commit} to ${channel}`,
        channel,
        model: (model) => published(model[channel], commit, lettersOf),
        real: (world, options) => world.publish(channel, commit, options),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constant<Play>({
      said: 'promote staging to prod',
      channel: 'prod',
      model: ({ prod, staging }) => promoted(prod, staging),
      real: (world, options) => world.promote('staging', 'prod', options),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(names, fc.integer({ min: 1, max: 20 })).map(
      ([channel, generation]): Play => ({
        said: `roll ${channel} back to ${generation}`,
        channel,
        model: (model) => rolledBack(model[channel], generation),
        real: (world, options) =>
          world.change(channel, { kind: 'rollback', to: { kind: 'generation', generation } }, options),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: names.map(
      (channel): Play => ({
        said: `retire north from ${channel}`,
        channel,
        model: (model) => retired(model[channel], 'north'),
        real: (world, options) =>
          world.change(channel, { kind: 'retire', names: ['north'], listed: [] }, options).catch((thrown) => {
            if (asSlipwayError(thrown).code === 'USAGE') return 'missing';
            throw thrown;
          }),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: names.map(
      (channel): Play => ({
        said: `freeze ${channel}`,
        channel,
        model: (model) => frozen(model[channel], 'night'),
        real: (world, options) => world.change(channel, { kind: 'freeze', reason: 'night' }, options),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: names.map(
      (channel): Play => ({
        said: `unfreeze ${channel}`,
        channel,
        model: (model) => frozen(model[channel], undefined),
        real: (world, options) => world.change(channel, { kind: 'unfreeze' }, options),
      }),
    ),
  },
);

/** Any of the commands; every fourth is killed first. */
export const commands = (most: number): fc.Arbitrary<Iterable<Command>> => {
  const dies = fc.option(fc.nat({ max: 120 }), { freq: 3 });
  const any = fc.tuple(plays, dies).map(([play, at]) => commandOf(play, at ?? undefined));
  const left = fc.tuple(plays, fc.nat({ max: 120 })).map(([play, at]) => leftAt(play, at));
  return fc.commands([any, any, any, any, left], { maxCommands: most, size: 'max' });
};

/** Plays commands against stores in memory and the model. */
export async function play(cmds: Iterable<Command>, ports: () => readonly Port[]): Promise<void> {
  await fc.asyncModelRun(
    () => ({ model: { staging: [], prod: [], left: new Set<Name>() }, real: new ControlWorld(ports(), lettersOf) }),
    cmds,
  );
}
