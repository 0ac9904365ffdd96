/** Commands for the model of two channels, as fast-check plays them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Channel, frozen, promoted, published, rolledBack, type Step } from './control-model.ts';
import { ControlWorld, type Ended, heldOf, numberOf, type RunOptions } from './control-world.ts';
import type { Port } from './world.ts';

/** The model: both channels by name. */
export interface Model {
  staging: Channel;
  prod: Channel;
}

type Name = keyof Model;
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

function commandOf({ said, channel, model, real }: Play, dies: number | undefined): Command {
  return {
    check: () => true,
    async run(state, world) {
      const step = model(state);
      // A run that dies is followed by the same one, as a CI job that is started again.
      if (dies !== undefined) await real(world, { dies });
      expect(await real(world, {}), said).toBe(step.ended);
      state[channel] = step.channel;
      await assertLike(world, 'staging', state.staging);
      await assertLike(world, 'prod', state.prod);
    },
    toString: () => (dies === undefined ? said : `${said}, killed at request ${dies} and run again`),
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
  return fc.commands([any], { maxCommands: most, size: 'max' });
};

/** Plays commands against stores in memory and the model. */
export async function play(cmds: Iterable<Command>, ports: () => readonly Port[]): Promise<void> {
  await fc.asyncModelRun(
    () => ({ model: { staging: [], prod: [] }, real: new ControlWorld(ports(), lettersOf) }),
    cmds,
  );
}
