/** What the records of stores tell: which one lacks the newest of a channel, and whether a prune is at work. */
import { asSlipwayError } from '../errors.ts';
import type { Entry, HealthLine, ReleaseRecord } from '../model.ts';
import { findLine } from '../ship/line.ts';
import { glimpse } from '../ship/prune/board.ts';
import { newSite, type Site } from '../ship/release.ts';
import type { Store } from '../ship/store.ts';
import { caution, fine, problem, told } from './lines.ts';
import { type ListedArtifact, nameLines } from './names.ts';

/** Stores that can be read, and which of them a channel has. */
export interface ChannelsOptions {
  /** Channels that the config names, and the artifacts that it lists. */
  readonly configured: readonly string[];
  readonly listed: readonly ListedArtifact[];
  /** Only this one; absent: all that any store knows. */
  readonly channel?: string | undefined;
  /** Names of the stores of a channel, and of its primary. */
  readonly rules: (channel: string) => { readonly stores: readonly string[]; readonly primary: string };
}

/** Lines by name of the store; a store that cannot be read has one that says so. */
export async function examineChannels(
  stores: readonly Store[],
  { channel, rules, configured, listed }: ChannelsOptions,
): Promise<ReadonlyMap<string, readonly HealthLine[]>> {
  const lines = new Map<string, HealthLine[]>(stores.map(({ name }) => [name, []]));
  const readable: Store[] = [];
  const channels = new Set<string>(channel === undefined ? [] : [channel]);
  for (const store of stores) {
    try {
      await store.open();
      const found = await store.ledger.channels();
      lines.get(store.name)?.push(...(await pruneLines(store)));
      if (channel === undefined) for (const one of found) channels.add(one);
      readable.push(store);
    } catch (thrown) {
      lines.get(store.name)?.push(problem('channel', told(thrown)));
    }
  }
  const expected = channel === undefined ? configured : [];
  for (const one of [...new Set([...channels, ...expected])].sort()) {
    const { stores: names, primary } = rules(one);
    const taking = readable.filter(({ name }) => names.includes(name));
    const { lines: own, sites, published } = await channelLines(taking, one, primary);
    const told = channels.has(one) ? own : [];
    for (const [name, line] of [...told, ...(await nameLines(sites, one, { published, listed }))])
      lines.get(name)?.push(line);
  }
  return lines;
}

/** A claim that is open is the word of a prune that it deletes. */
async function pruneLines({ holdings }: Store): Promise<readonly HealthLine[]> {
  const { open } = await glimpse(holdings.notes);
  if (!open) return [];
  const hint = 'wait for it; if it has died, the next slipway prune finishes it';
  return [caution('prune', 'a slipway prune is at work, or has died', hint)];
}

interface ChannelSeen {
  readonly lines: readonly (readonly [string, HealthLine])[];
  /** Those that can be read. */
  readonly sites: readonly Site[];
  /** What the newest record lists. */
  readonly published: readonly Entry[];
}

async function channelLines(stores: readonly Store[], channel: string, primary: string): Promise<ChannelSeen> {
  const looked = await Promise.all(
    stores.map(async (store): Promise<Site> => {
      try {
        const newest = await newestIn(store, channel);
        return { ...newSite(store, 'current'), ...(newest && { newest }) };
      } catch (thrown) {
        return { ...newSite(store, 'failed'), error: asSlipwayError(told(thrown)) };
      }
    }),
  );
  const sites = looked.filter(({ state }) => state !== 'failed');
  // Nobody needs the commits for this: times and numbers tell.
  const line = await findLine(sites, { primary, history: { relation: async () => 'unknown' } });
  const lines = looked.map((site): readonly [string, HealthLine] => [site.store.name, lineOf(site, channel, line)]);
  return { lines, sites, published: line.newest?.artifacts ?? [] };
}

async function newestIn({ ledger }: Store, channel: string): Promise<ReleaseRecord | undefined> {
  const head = await ledger.head(channel);
  return head && ledger.read(channel, head);
}

const HEAL = 'the next publish completes it, and slipway heal does now';

function lineOf(
  { store, newest, error }: Site,
  channel: string,
  line: { readonly newest?: ReleaseRecord; readonly diverged: ReadonlySet<string> },
): HealthLine {
  if (error !== undefined) return problem('channel', error);
  const truth = line.newest;
  if (truth === undefined) return fine('channel', `"${channel}" has no release yet`);
  const shown = `generation ${newest?.generation ?? 0} of "${channel}"`;
  if (newest?.run === truth.run) return fine('channel', `has ${shown}, the newest`);
  if (line.diverged.has(store.name)) {
    return caution('channel', `has ${shown} of another line: diverged`, 'the next publish brings the lines together');
  }
  return caution('channel', `has ${shown}, and another store ${truth.generation}: lagging`, HEAL);
}
