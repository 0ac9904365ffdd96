/** Changes of a channel as commands and the library ask for them. */
import { expandArtifacts } from '../config/artifacts.ts';
import type { Config } from '../config/read.ts';
import { parseReleaseName } from '../config/release-name.ts';
import {
  type ControlOptions,
  type ControlSettings,
  type FreezeOptions,
  type RetireOptions,
  type RollbackOptions,
  resolveControl,
} from '../config/resolve-control.ts';
import { usage } from '../config/usage.ts';
import { asSlipwayError } from '../errors.ts';
import type { Receipt } from '../model.ts';
import { control } from '../pipeline.ts';
import type { RunContext } from '../plan.ts';
import type { Change, RollbackTarget } from '../ship/control/change.ts';
import { openControl } from './plan.ts';

/** What is asked of a channel, once its settings are known. */
export type Asked = (settings: ControlSettings) => Change | Promise<Change>;

/** Changes a channel. Throws what kept it from looking: `USAGE`, `CONFIG`. */
export async function changeChannel(
  command: string,
  asked: Asked,
  options: ControlOptions,
  context: RunContext,
): Promise<Receipt> {
  const settings = await resolveControl(command, options, context);
  return control(await openControl(settings, await asked(settings), context));
}

function targetOf(text: string, channel: string): RollbackTarget {
  if (/^[1-9]\d{0,8}$/.test(text)) return { kind: 'generation', generation: Number(text) };
  const wanted = usage(
    `Cannot roll back to "${text}": it is no generation of channel "${channel}", version or digest`,
    'write the number of a generation (41), a version (1.4.1) or a whole digest (sha256:…)',
  );
  // What reads like a channel is none here, however it is wrong.
  if (!/[@.:]/.test(text)) throw wanted;
  const name = parseReleaseName(text, '--to');
  if (name.kind !== 'channel') return name;
  if (name.channel !== channel || name.generation === undefined) throw wanted;
  return { kind: 'generation', generation: name.generation };
}

/** Back to what was there. Throws `USAGE` for a target that cannot be read. */
export const rollbackAsked =
  ({ to, artifact }: RollbackOptions): Asked =>
  ({ channel }) => ({
    kind: 'rollback',
    ...(to !== undefined && { to: targetOf(to, channel) }),
    ...(artifact !== undefined && artifact.length > 0 && { artifacts: artifact }),
  });

/** What the config lists, as far as the checkout has it: it may be run where there is none. */
async function listedIn({ artifacts, dir }: Config): Promise<readonly string[]> {
  const found = await Promise.all(
    artifacts.map(async (rule) => {
      try {
        return await expandArtifacts([rule], dir);
      } catch (thrown) {
        if (asSlipwayError(thrown).code === 'SOURCE') return [];
        throw thrown;
      }
    }),
  );
  return found.flat().map(({ name }) => name);
}

/** Decommissioned artifacts leave. */
export const retireAsked =
  ({ names }: RetireOptions): Asked =>
  async ({ config }) => ({ kind: 'retire', names, listed: await listedIn(config) });

/** Nobody publishes until it is unfrozen. Throws `USAGE` for an empty reason. */
export function freezeAsked({ reason }: FreezeOptions): Asked {
  const said = reason.trim();
  if (said === '') throw usage('Cannot freeze: the reason is empty', 'say why with --reason');
  return () => ({ kind: 'freeze', reason: said });
}

/** Publishing goes on. */
export const unfreezeAsked: Asked = () => ({ kind: 'unfreeze' });
