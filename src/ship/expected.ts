/** What a decision rests on; where it was planned, whether that is still so. */
import { SlipwayError } from '../errors.ts';
import type {
  Entry,
  Expectation,
  ExpectedArtifact,
  ExpectedStore,
  PlannedName,
  ReleaseRecord,
  VersionClaim,
} from '../model.ts';
import { isShowable, isShown, showsThere } from './known.ts';
import { moved, recordMoves } from './moved.ts';
import type { Compared, Decided, Site } from './release.ts';
import type { NameSpace } from './store.ts';

/** What becomes of the name of an entry in a store of the channel. */
function nameAt({ brings, plan }: Decided, site: Site, entry: Entry): PlannedName['reconciles'] {
  const space: NameSpace = { kind: 'channel', channel: plan.channel ?? '' };
  if (site.state === 'failed') return 'unknown';
  if (!isShowable(site, entry)) return 'no';
  const held = site.held.get(entry.name);
  const isRight = brings ? held === showsThere(site, space, entry) : isShown(site, space, entry, held);
  return isRight ? 'no' : 'yes';
}

/** What becomes of every name of the channel, artifact by artifact; nothing where no channel moves. */
function plannedNames(decided: Decided): readonly PlannedName[] {
  const { target, sites, plan } = decided;
  if (plan.channel === undefined || target === undefined) return [];
  return target.artifacts.flatMap((entry) =>
    sites.map((site): PlannedName => {
      const reconciles = nameAt(decided, site, entry);
      const isNew = reconciles === 'yes' && !site.held.has(entry.name);
      return { artifact: entry.name, store: site.store.name, reconciles, ...(isNew && { isNew }) };
    }),
  );
}

const recordOf = (newest: ReleaseRecord | undefined): Pick<ExpectedStore, 'generation' | 'run'> =>
  newest === undefined ? { generation: 0 } : { generation: newest.generation, run: newest.run };

function storeOf(decided: Decided, site: Site): ExpectedStore {
  const { state, newest, wants } = site;
  const entries = decided.plan.channel === undefined ? [] : (decided.target?.artifacts ?? []);
  return {
    state,
    ...recordOf(newest),
    gets: wants.map(({ name }) => name).sort(),
    moves: entries.filter((entry) => nameAt(decided, site, entry) === 'yes').map(({ name }) => name),
  };
}

function artifactOf({ name, content, manifest, commit, orphan }: Entry, changed: boolean): ExpectedArtifact {
  return {
    ...{ name, content, manifest },
    ...(commit !== undefined && { commit }),
    ...(changed && { changed }),
    ...(orphan && { orphan }),
  };
}

/** What a decision rests on, as a plan keeps it. */
function expectationOf(decided: Decided): Expectation {
  const { plan, packed, sites, target, claim, fresh, changed, outcome } = decided;
  const { source, commit, dirty } = plan.provenance;
  return {
    source: { ...(source !== undefined && { source }), ...(commit !== undefined && { commit }), dirty },
    built: packed.map(({ name, content, renderer }) => ({
      ...{ name, content: content.digest },
      ...(renderer && { renderer: `${renderer.name} ${renderer.version}` }),
    })),
    stores: Object.fromEntries(sites.map((site) => [site.store.name, storeOf(decided, site)])),
    outcome,
    ...(fresh && target && { kind: target.kind }),
    generation: target?.generation ?? 0,
    artifacts: (target?.artifacts ?? []).map((entry) => artifactOf(entry, changed.has(entry.name))),
    ...(claim && { claimed: claim.artifacts.map((entry) => artifactOf(entry, false)) }),
  };
}

const sameClaim = (claim: VersionClaim | undefined, planned: readonly ExpectedArtifact[] = []): boolean =>
  (claim?.artifacts ?? []).length === planned.length &&
  planned.every(({ name, manifest }) => claim?.artifacts.some((e) => e.name === name && e.manifest === manifest));

/** This very plan was recorded before, by a run that may have been stopped: what is left of it is completed. */
function isCompletion({ plan, line, fresh, claim, claimed }: Decided): boolean {
  const { planned } = plan;
  if (planned === undefined || fresh) return false;
  if (plan.channel !== undefined)
    return line.newest?.plan === planned.digest && sameClaim(claim, planned.expected.claimed);
  return claimed && sameClaim(claim, planned.expected.claimed);
}

/**
 * Whether the records of all stores are those that were planned for: known before anything is decided, so that nobody is told
 * of the history of commits where the channel has simply moved on. Throws `REFUSED`. What freezes a channel says so itself.
 */
export function sameBasis(compared: Compared): Compared {
  const { plan, sites, line, end, lost } = compared;
  const { planned } = plan;
  if (planned === undefined || end !== undefined || lost) return compared;
  if (line.newest?.plan === planned.digest || line.frozen !== undefined) return compared;
  const now = Object.fromEntries(sites.map(({ store, newest }) => [store.name, recordOf(newest)]));
  const differences = recordMoves(planned.expected.stores, now);
  if (differences.length > 0) throw movedError(differences);
  return compared;
}

/**
 * The round with what it rests on. Throws `REFUSED` where it was planned and anything is different now; before that nothing
 * has been written.
 */
export function expected(decided: Decided): Decided {
  if (decided.end !== undefined || decided.lost) return decided;
  const foreseen = { expectation: expectationOf(decided), names: plannedNames(decided) };
  const { planned } = decided.plan;
  if (planned === undefined || isCompletion(decided)) return { ...decided, foreseen };
  const differences = moved(planned.expected, foreseen.expectation);
  if (differences.length > 0) throw movedError(differences);
  return { ...decided, foreseen };
}

/** Differences in a message before the rest becomes a number. */
const SAID = 5;

/** The refusal of everything that is not as it was planned. */
export function movedError(differences: readonly string[]): SlipwayError {
  const said = differences.slice(0, SAID);
  const more = differences.length - said.length;
  const all = more > 0 ? [...said, `and ${more} more`] : said;
  return new SlipwayError('REFUSED', `Moved since plan: ${all.join('; ')}`, {
    hint: 'run slipway plan again, look at what changes now, and publish that plan',
  });
}
