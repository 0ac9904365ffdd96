/** Decommissioned artifacts leave a channel. What their names show stays: no cluster loses anything by it. */
import { SlipwayError } from '../../errors.ts';
import type { ReleaseRecord } from '../../model.ts';
import { checkFrozen, judge } from '../forward.ts';
import type { Compared } from '../release.ts';
import type { Alteration } from './alter.ts';
import type { Change } from './change.ts';
import { checkNames } from './names.ts';
import { keptRecords } from './records.ts';

type Retirement = Extract<Change, { readonly kind: 'retire' }>;

const has = ({ artifacts }: ReleaseRecord, name: string): boolean => artifacts.some((entry) => entry.name === name);

/** The oldest record without an artifact that the channel had before; undefined where no record that is kept has it. */
async function lastWithout(
  compared: Compared,
  newest: ReleaseRecord,
  name: string,
): Promise<ReleaseRecord | undefined> {
  const kept = await keptRecords(compared, newest);
  let without = newest;
  for (const generation of kept.generations.slice(1)) {
    const record = await kept.read(generation);
    if (record === undefined) continue;
    if (has(record, name)) return without;
    without = record;
  }
  return undefined;
}

/** Whether an artifact left the channel after our commit: a late pipeline does not bring it back. Throws `REFUSED` as {@link judge}. */
export async function leftSince(compared: Compared, name: string): Promise<boolean> {
  const { plan, line } = compared;
  const { newest } = line;
  if (newest?.floor === undefined || (await judge(plan, newest, newest.floor.commit)) !== 'keep') return false;
  const without = await lastWithout(compared, newest, name);
  return without?.floor !== undefined && (await judge(plan, newest, without.floor.commit)) === 'keep';
}

function checkRest(newest: ReleaseRecord, gone: readonly string[]): void {
  if (newest.artifacts.some(({ name }) => !gone.includes(name))) return;
  const last = gone.length === 1 ? `"${gone[0] ?? ''}" is the last artifact` : 'these are all artifacts';
  throw new SlipwayError('REFUSED', `Cannot retire everything: ${last} of channel "${newest.channel}"`, {
    hint: 'a channel is never empty; slipway freeze keeps everybody from publishing to it',
  });
}

/** Takes artifacts out of the channel's record. Throws `USAGE` for names that were never there, `REFUSED`. */
export async function retire(
  compared: Compared,
  newest: ReleaseRecord,
  { names, listed }: Retirement,
): Promise<Alteration> {
  const before: string[] = [];
  for (const name of new Set(names)) {
    if (!has(newest, name) && (await lastWithout(compared, newest, name)) !== undefined) before.push(name);
  }
  const gone = [...new Set(names)].filter((name) => !before.includes(name));
  checkNames('retire', gone, newest);
  const warnings = before.map((name) => `"${name}" left the channel before`);
  if (gone.length === 0) return { warnings };
  checkFrozen(compared);
  const still = gone.find((name) => listed.includes(name));
  if (still !== undefined) {
    const message = `Cannot retire "${still}": the config lists it, so the next publish brings it back`;
    throw new SlipwayError('REFUSED', message, { hint: 'take it out of the config first' });
  }
  checkRest(newest, gone);
  const { artifacts, floor } = newest;
  return {
    next: { kind: 'retire', artifacts: artifacts.filter(({ name }) => !gone.includes(name)), floor },
    // The command says itself that they disappear.
    allowed: gone.map((name) => `disappear@${name}`),
    warnings: [
      ...warnings,
      ...gone.map((name) => `"${name}" keeps its names in the stores, and its cluster what they show`),
    ],
  };
}
