/** `slipway status`: what is live in every channel and store, and who is behind. */
import { eachLimit } from '../concurrency.ts';
import type { StatusSettings } from '../config/resolve-history.ts';
import { isAsked } from '../config/resolve-live.ts';
import { didYouMean } from '../config/suggest.ts';
import { SlipwayError } from '../errors.ts';
import type {
  ChannelStatus,
  ChannelStore,
  Entry,
  ReleaseRecord,
  Status,
  StatusArtifact,
  StatusName,
} from '../model.ts';
import type { RunContext } from '../plan.ts';
import { isShowable, isShown } from '../ship/known.ts';
import { failureOf } from '../ship/receipt.ts';
import type { Compared, Site } from '../ship/release.ts';
import type { NameSpace } from '../ship/store.ts';
import { artifactOf } from '../watch/history/changes.ts';
import { versionsOf } from '../watch/history/versions.ts';
import { type Claims, readClaims, unreadWarning } from './log-claims.ts';
import { type Live, lookAt, openLive } from './open.ts';
import { type Reached, reach } from './status-stores.ts';

const AT_ONCE = 4;
/** Versions that are looked at, the newest ones. */
const VERSIONS = 50;
/** Looks at a channel that others move meanwhile. */
const LOOKS = 3;

/** What somebody else moves while it is looked at is looked at again. */
async function settled(live: Live, channel: string): Promise<Compared> {
  for (let look = 1; ; look += 1) {
    const compared = await lookAt(live, channel);
    if (!compared.lost || look === LOOKS) return compared;
  }
}

function orNone(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function nameAt(site: Site, space: NameSpace, entry: Entry): StatusName {
  const { names } = site.store;
  const reference = orNone(() => names.reference(space, entry));
  if (site.state === 'failed') return { state: 'failed', reference };
  if (!isShowable(site, entry)) return { state: 'hidden', reference };
  const isCurrent = isShown(site, space, entry, site.held.get(entry.name));
  const fluxRevision = orNone(() => names.fluxRevision(space, entry));
  return { state: isCurrent ? 'current' : 'behind', reference, ...(fluxRevision !== '' && { fluxRevision }) };
}

function storeOf(site: Site, artifacts: readonly StatusArtifact[]): ChannelStore {
  const { store, state, newest, error } = site;
  const behind = artifacts.filter((one) => one.stores[store.name]?.state === 'behind').map(({ name }) => name);
  const generation = newest?.generation ?? 0;
  return { url: store.url, state, generation, behind, ...(error && { error: failureOf(error) }) };
}

function factsOf(record: ReleaseRecord | undefined, { claims }: Claims): Partial<ChannelStatus> {
  if (record === undefined) return {};
  const { run, kind, at, by, job, source, floor, from, wave, frozen, artifacts } = record;
  return {
    ...{ run, kind, at },
    ...(by !== undefined && { by }),
    ...(job && { job }),
    ...(source !== undefined && { source }),
    ...(floor && { floor }),
    ...(from && { from }),
    ...(wave && { wave }),
    ...(frozen && { frozen: frozen.reason }),
    versions: versionsOf(artifacts, claims),
  };
}

function statusOf(channel: string, { sites, line, end }: Compared, claims: Claims): ChannelStatus {
  const space: NameSpace = { kind: 'channel', channel };
  const artifacts = (line.newest?.artifacts ?? []).map(
    (entry): StatusArtifact => ({
      ...artifactOf(entry),
      proofs: entry.proofs,
      stores: Object.fromEntries(sites.map((site) => [site.store.name, nameAt(site, space, entry)])),
    }),
  );
  return {
    channel,
    generation: line.newest?.generation ?? 0,
    versions: [],
    ...factsOf(line.newest, claims),
    blocked: line.blocked,
    stores: Object.fromEntries(sites.map((site) => [site.store.name, storeOf(site, artifacts)])),
    artifacts,
    ...(end?.error && { error: failureOf(end.error) }),
  };
}

/** A name that nobody knows is a mistake, unless a store that might know it does not answer. */
function refuseUnknown(asked: readonly string[], known: readonly string[], { failed }: Reached): void {
  if (failed.size > 0) return;
  const unknown = asked.find((channel) => !known.includes(channel));
  if (unknown === undefined) return;
  const message = `Cannot show the status of channel "${unknown}": neither the config nor any store knows it`;
  throw new SlipwayError('NOT_FOUND', message, { hint: didYouMean(unknown, known) });
}

/**
 * Looks at channels. Stores that do not answer are in the answer. Throws `NOT_FOUND` for a channel that nobody knows, and the
 * error of a store where none answers.
 */
export async function status(settings: StatusSettings, context: RunContext): Promise<Status> {
  const { config, channels: asked } = settings;
  const reached = await reach(await openLive(settings, context));
  const configured = [...Object.keys(config.channels), ...(config.channel === undefined ? [] : [config.channel])];
  const known = [...new Set([...reached.channels, ...configured])].sort();
  refuseUnknown(asked, known, reached);
  const { live, sites } = reached;
  const claims = await readClaims(sites, VERSIONS);
  // Who names stores only wants to see what is published there.
  const shown = asked.length === 0 ? known.filter((channel) => isAsked(settings, channel)) : asked;
  const channels = await eachLimit(shown, AT_ONCE, async (channel) =>
    statusOf(channel, await settled(live, channel), claims),
  );
  return {
    schema: 1,
    project: config.project,
    asked: `${context.now().toISOString().slice(0, 19)}Z`,
    channels,
    warnings: unreadWarning(claims),
  };
}
