/** Steps 2 and 3 in between: what the channel and the version shall hold, and what each store must be given for it. */
import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Digest, Entry, Outcome, Packed, ReleaseRecord, VersionClaim } from '../model.ts';
import { checkChannel, judge, nextFloor } from './forward.ts';
import { currentEntries } from './known.ts';
import { fluxManifest } from './manifest.ts';
import { type Compared, type Decided, primaryOf, reachable, type Site } from './release.ts';

/** The entries this run would publish, with the manifests it made and where kept ones lie. */
interface Own {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly manifests: ReadonlyMap<Digest, Uint8Array>;
  readonly origins: ReadonlyMap<Digest, Entry>;
}

/** Equal content keeps the manifest it has anywhere: the claim's first, then the channel's, then any channel's. */
async function ownEntries({ plan, packed, sites, line }: Compared, claim: VersionClaim | undefined): Promise<Own> {
  const claimed = new Map((claim?.artifacts ?? []).map((entry) => [entry.content, entry]));
  const listed = new Map((line.newest?.artifacts ?? []).map((entry) => [entry.content, entry]));
  const near = (digest: Digest): Entry | undefined => claimed.get(digest) ?? listed.get(digest);
  const settled = packed.every(({ content }) => near(content.digest) !== undefined);
  const far = settled ? new Map<Digest, Entry>() : await currentEntries(sites, line.newest?.artifacts ?? []);

  const { commit, commitTime } = plan.provenance;
  const manifests = new Map<Digest, Uint8Array>();
  const origins = new Map<Digest, Entry>();
  const entries = packed.map(({ name, content, views, resources }): Entry => {
    const known = near(content.digest) ?? far.get(content.digest);
    const made = known === undefined ? fluxManifest(content, plan.provenance) : undefined;
    const manifest = known?.manifest ?? digestOf(made ?? new Uint8Array());
    if (made !== undefined) manifests.set(manifest, made);
    if (known !== undefined) origins.set(manifest, known);
    const order = commit === undefined || commitTime === undefined ? {} : { commit, commitTime };
    return {
      name,
      ...order,
      content: content.digest,
      manifest,
      size: content.size,
      resources,
      views,
      proofs: [],
      since: 0,
    };
  });
  return { entries: new Map(entries.map((entry) => [entry.name, entry])), manifests, origins };
}

/** A claim made by an earlier run stands: the same content completes it, other content is refused. */
function checkClaim(claim: VersionClaim, packed: readonly Packed[]): void {
  for (const { name, content } of packed) {
    const claimed = claim.artifacts.find((entry) => entry.name === name);
    if (claimed?.content === content.digest) continue;
    const holds = claimed === undefined ? 'it was claimed without this artifact' : `it holds "${claimed.content}"`;
    throw new SlipwayError('VERSION_TAKEN', `Version "${claim.version}" of "${name}" is taken: ${holds}`, {
      hint: 'a version never changes; publish the new content under the next version',
    });
  }
}

/** A version's name that shows something else was written by someone else. Read before anything is put. */
async function checkVersionNames({ sites }: Compared, claim: VersionClaim): Promise<void> {
  for (const { store } of reachable(sites)) {
    const held = await store.names.held({ kind: 'version', version: claim.version }, claim.artifacts);
    const other = claim.artifacts.find((entry) => {
      const shown = held.get(entry.name);
      return shown !== undefined && shown !== store.names.shows(entry);
    });
    if (other === undefined) continue;
    const shown = held.get(other.name) ?? '';
    throw new SlipwayError(
      'VERSION_TAKEN',
      `Version "${claim.version}" of "${other.name}" shows "${shown}" in store "${store.name}"`,
      {
        hint: 'a version never changes; publish the next version',
      },
    );
  }
}

function ownClaim({ plan }: Compared, own: Own): VersionClaim | undefined {
  if (plan.version === undefined) return undefined;
  const { project, version, run, at, runner, provenance } = plan;
  return {
    schema: 1,
    project,
    version,
    run,
    at,
    ...(runner.by === undefined ? {} : { by: runner.by }),
    ...(provenance.source === undefined ? {} : { source: provenance.source }),
    artifacts: [...own.entries.values()].sort(byName),
  };
}

const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : 1);

/** One artifact of the next record beside the entry it replaces. */
interface Step {
  readonly entry: Entry;
  readonly changed: boolean;
  readonly kept: boolean;
}

/** Equal bytes may be rendered in one commit and source in the next: the bucket layout follows. */
const isShown = (entry: Entry): boolean => entry.views.object !== undefined;

async function step(compared: Compared, own: Entry, before: Entry | undefined): Promise<Step> {
  const { plan, line } = compared;
  const verdict = line.newest === undefined ? 'publish' : await judge(plan, line.newest, before?.commit);
  if (verdict === 'keep' && before !== undefined) return { entry: before, changed: false, kept: true };
  const changed = before?.content !== own.content || isShown(before) !== isShown(own);
  if (changed || before === undefined)
    return { entry: { ...own, since: line.highest + 1 }, changed: true, kept: false };
  const { orphan: _, ...listed } = before;
  const order =
    own.commit === undefined || own.commitTime === undefined ? {} : { commit: own.commit, commitTime: own.commitTime };
  return { entry: { ...listed, ...order }, changed: false, kept: false };
}

/** The artifacts this run does not touch: they keep their place, and become orphans when no config lists them. */
function others({ plan, line }: Compared, own: Own): readonly Entry[] {
  return (line.newest?.artifacts ?? [])
    .filter(({ name }) => !own.entries.has(name))
    .map(({ orphan, ...entry }): Entry => {
      const orphaned = plan.listed === undefined ? orphan === true : !plan.listed.includes(entry.name);
      return orphaned ? { ...entry, orphan: true } : entry;
    });
}

function draft(compared: Compared, artifacts: readonly Entry[], floor: ReleaseRecord['floor']): ReleaseRecord {
  const { plan, line } = compared;
  const { newest } = line;
  const { by, pipeline, runNumber } = plan.runner;
  const source = plan.provenance.source ?? newest?.source;
  return {
    schema: 1,
    project: plan.project,
    channel: plan.channel ?? '',
    generation: line.highest + 1,
    ...(newest && { previous: { generation: newest.generation, run: newest.run } }),
    run: plan.run,
    kind: 'publish',
    at: plan.at,
    ...(by === undefined ? {} : { by }),
    ...(source === undefined ? {} : { source }),
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(runNumber === undefined ? {} : { runNumber }),
    ...(floor && { floor }),
    blocked: line.blocked,
    ...(newest?.frozen && { frozen: newest.frozen }),
    primary: plan.primary,
    artifacts: [...artifacts].sort(byName),
    allowed: plan.allowed,
    gates: [],
  };
}

interface ChannelDecision {
  readonly outcome: Outcome;
  readonly target?: ReleaseRecord;
  readonly fresh: boolean;
  readonly changed: ReadonlySet<string>;
}

const sameEntry = (a: Entry, b: Entry | undefined): boolean =>
  a.content === b?.content && a.commit === b.commit && a.orphan === b.orphan;

async function decideChannel(compared: Compared, own: Own): Promise<ChannelDecision> {
  const { plan, line } = compared;
  const { newest } = line;
  if (plan.channel === undefined) return { outcome: 'published', fresh: false, changed: new Set() };
  checkChannel(plan, newest, line.blocked);
  const before = new Map((newest?.artifacts ?? []).map((entry) => [entry.name, entry]));
  const steps: Step[] = [];
  for (const entry of own.entries.values()) steps.push(await step(compared, entry, before.get(entry.name)));

  const changed = new Set(steps.filter((s) => s.changed).map((s) => s.entry.name));
  const superseded = steps.length > 0 && steps.every((s) => s.kept);
  const lagging = reachable(compared.sites).some(({ state }) => state !== 'current');
  const artifacts = [...steps.map((s) => s.entry), ...others(compared, own)];
  const floor = superseded ? newest?.floor : await nextFloor(plan, newest);
  const fresh =
    newest === undefined ||
    line.diverged.size > 0 ||
    (!superseded &&
      (floor?.commit !== newest.floor?.commit || artifacts.some((e) => !sameEntry(e, before.get(e.name)))));
  const still: Outcome = superseded ? 'superseded' : lagging ? 'healed' : 'unchanged';
  const outcome = newest === undefined || changed.size > 0 ? 'published' : still;
  return { outcome, target: fresh ? draft(compared, artifacts, floor) : newest, fresh, changed };
}

/** What must be put into a store: what changed where it is current, everything where it is not. */
function wantsOf(site: Site, decision: ChannelDecision, claim: VersionClaim | undefined): readonly Entry[] {
  const listed = decision.target?.artifacts ?? [];
  const fromChannel = site.state === 'current' ? listed.filter(({ name }) => decision.changed.has(name)) : listed;
  const shelved = new Set(site.state === 'current' ? site.newest?.artifacts.map((e) => `${e.name} ${e.manifest}`) : []);
  const fromVersion = (claim?.artifacts ?? []).filter((e) => !shelved.has(`${e.name} ${e.manifest}`));
  const wants = new Map([...fromChannel, ...fromVersion].map((entry) => [`${entry.name} ${entry.manifest}`, entry]));
  return [...wants.values()];
}

/** The claim that counts: the primary's, else any reachable store's. */
function standingClaim(compared: Compared): VersionClaim | undefined {
  return primaryOf(compared).claim ?? reachable(compared.sites).find(({ claim }) => claim !== undefined)?.claim;
}

/**
 * Decides what to publish. Throws `REFUSED` when the channel may not take our commit, `VERSION_TAKEN` when the version
 * holds other content. Reads other channels' records when content changed, to keep the manifest equal content has.
 */
export async function decide(compared: Compared): Promise<Decided> {
  const idle = { fresh: false, claimed: false, changed: new Set<string>(), manifests: new Map(), origins: new Map() };
  if (compared.end !== undefined || compared.lost)
    return { ...compared, ...idle, outcome: compared.end?.outcome ?? 'failed' };
  const standing = standingClaim(compared);
  if (standing !== undefined) checkClaim(standing, compared.packed);
  const own = await ownEntries(compared, standing);
  const claim = standing ?? ownClaim(compared, own);
  if (claim !== undefined) await checkVersionNames(compared, claim);
  const decision = await decideChannel(compared, own);
  const sites = compared.sites.map((site): Site => {
    if (site.state === 'failed') return site;
    // A store on another line heals with the record that this run makes above both.
    const state = site.state === 'diverged' ? 'lagging' : site.state;
    return { ...site, state, wants: wantsOf(site, decision, claim) };
  });
  return {
    ...compared,
    ...decision,
    sites,
    ...(claim && { claim }),
    claimed: standing !== undefined,
    manifests: own.manifests,
    origins: own.origins,
  };
}
