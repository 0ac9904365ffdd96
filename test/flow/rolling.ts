/** Channels in memory that are published to and changed without a build, as the command line does it. */
import type { Entry, Receipt, ReleaseRecord } from '../../src/model.ts';
import { control } from '../../src/pipeline.ts';
import { weighing } from '../../src/plan.ts';
import type { Change } from '../../src/ship/control/change.ts';
import type { Decided } from '../../src/ship/release.ts';
import type { ReleasePlan } from '../../src/ship/release-plan.ts';
import type { Store } from '../../src/ship/store.ts';
import { stopwatch } from '../../src/stopwatch.ts';
import { ARTIFACTS, openStore, type Port, packed, planOf, publishOnce, recordsOf } from './world.ts';

/** Letters of the artifacts by their order in {@link ARTIFACTS}: `abc`. What has none, or `-`, is not published. */
export const lettersOf = (letters: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ARTIFACTS.flatMap((artifact, i) => {
      const letter = letters[i] ?? '-';
      return letter === '-' ? [] : [[artifact, letter]];
    }),
  );

/** Commits 1 to 15 are on one line; unlike those of the world they differ in what messages show of them. */
export const commitOf = (n: number): string => n.toString(16).repeat(40);
const numberOf = (commit: string | undefined): number => Number.parseInt(commit?.[0] ?? '0', 16);

/** Commits as numbers. */
export const numbersOf = (commits: readonly (string | undefined)[]): readonly number[] => commits.map(numberOf);

/** The history of these commits. */
const history: ReleasePlan['history'] = {
  async relation(ours, other) {
    const difference = numberOf(ours) - numberOf(other);
    return difference === 0 ? 'same' : difference > 0 ? 'newer' : 'older';
  },
};

let runs = 0;

/** A plan of a run of its own for these stores, the first of which is the primary. */
export function plan(stores: readonly Store[], commit: number, told: Partial<ReleasePlan> = {}): ReleasePlan {
  runs += 1;
  const primary = stores[0]?.name ?? '';
  const own = planOf({ run: runs, commit, letters: {}, stores, primary, quorum: stores.length });
  const provenance = { commit: commitOf(commit), commitTime: '2026-01-01T00:00:00Z', dirty: false };
  return { ...own, history, provenance, ...told };
}

/** Publishes a commit with these letters. */
export async function publish(
  stores: readonly Store[],
  commit: number,
  letters: string,
  told: Partial<ReleasePlan> = {},
): Promise<Decided> {
  const made = plan(stores, commit, { listed: Object.keys(lettersOf(letters)), ...told });
  const artifacts = Object.entries(lettersOf(letters)).map(([name, letter]) => packed(name, letter));
  return publishOnce(
    { run: 0, commit, letters: {}, stores, primary: made.primary, quorum: made.quorum },
    made,
    artifacts,
  );
}

/** Changes the channel without a build. */
export async function change(
  stores: readonly Store[],
  asked: Change,
  told: Partial<ReleasePlan> = {},
): Promise<Receipt> {
  return control({
    release: plan(stores, 0, { provenance: { dirty: false }, ...told }),
    change: asked,
    clock: stopwatch(),
    weighing: weighing(),
    facts: () => ({ requests: {}, seconds: {}, dryRun: false, tells: true }),
  });
}

/** Rolls back, to a generation where one is given. */
export const rollback = (
  stores: readonly Store[],
  generation?: number,
  told?: Partial<ReleasePlan>,
): Promise<Receipt> =>
  change(
    stores,
    { kind: 'rollback', ...(generation !== undefined && { to: { kind: 'generation', generation } }) },
    told,
  );

/** The newest record of the first store. */
export async function newestIn([port]: readonly Port[]): Promise<ReleaseRecord> {
  const [newest] = port === undefined ? [] : await recordsOf(openStore(port));
  if (newest === undefined) throw new Error('there is no record');
  return newest;
}

/** The letter that an entry holds. */
export function letterOf(entry: Pick<Entry, 'name' | 'content'>): string {
  return [...'abcdefgh'].find((one) => packed(entry.name, one).content.digest === entry.content) ?? '?';
}

/** What a record holds, by the order of {@link ARTIFACTS}, `-` for what it does not list. */
export const heldIn = ({ artifacts }: Pick<ReleaseRecord, 'artifacts'>): string =>
  ARTIFACTS.map((name) => {
    const entry = artifacts.find((one) => one.name === name);
    return entry === undefined ? '-' : letterOf(entry);
  }).join('');
