/** Which stores a run works with, which of them orders releases, and how many must agree. */
import { SlipwayError } from '../errors.ts';
import type { ArtifactPlan } from '../model.ts';
import type { ChannelRule, Config } from './read.ts';
import { isRegistryBucket, type RegistryBucketSpec, registryPrefixProblem } from './registry-bucket.ts';
import type { StoreSpec } from './settings.ts';
import { DEFAULT_STORE, parseStoreUrl } from './store-url.ts';
import { didYouMean, quoted } from './suggest.ts';

/** What the options say about stores. */
export interface StoreOptions {
  /** Names; all when empty. */
  readonly store: readonly string[];
  readonly primary?: string | undefined;
}

/** The stores of a run. `primary` is the name of one of them. */
export interface ChosenStores {
  readonly stores: readonly StoreSpec[];
  readonly primary: string;
  readonly quorum: number;
}

const namesOf = (stores: readonly StoreSpec[]): readonly string[] => stores.map(({ name }) => name);

function named(name: string, stores: readonly StoreSpec[], option: string): StoreSpec {
  const found = stores.find((store) => store.name === name);
  if (found !== undefined) return found;
  const names = namesOf(stores);
  throw new SlipwayError('USAGE', `Cannot use ${option} "${name}": the stores of this run are ${quoted(names)}`, {
    hint: didYouMean(name, names),
  });
}

/** A bucket or folder can order releases by create-only writes; a registry cannot. */
function defaultPrimary(stores: readonly StoreSpec[]): string {
  const [first] = stores;
  const chosen = stores.find(({ kind }) => kind !== 'registry') ?? first;
  if (chosen === undefined)
    throw new SlipwayError('CONFIG', 'Cannot publish: there is no store', { hint: 'name one under stores' });
  return chosen.name;
}

/** `asked` is `--primary`, the break-glass; without it the channel's primary orders every release, also of some stores. */
function primaryOf(
  configured: string | undefined,
  { channel, run }: { channel: readonly StoreSpec[]; run: readonly StoreSpec[] },
  asked?: string,
): string {
  if (asked !== undefined) return named(asked, run, '--primary').name;
  const isOne = configured !== undefined && namesOf(channel).includes(configured);
  const primary = isOne ? configured : defaultPrimary(channel);
  if (namesOf(run).includes(primary)) return primary;
  throw new SlipwayError(
    'USAGE',
    `Cannot publish without store "${primary}": it is the primary, which orders releases`,
    {
      hint: `add --store ${primary}, or --primary NAME to let another store order this release`,
    },
  );
}

/** The stores of a channel as the config and the options have them. Throws `USAGE` for unknown names, `CONFIG` for a quorum that cannot be met. */
export function chooseStores(config: Config, channel: string | undefined, options: StoreOptions): ChosenStores {
  const rule: ChannelRule = (channel === undefined ? undefined : config.channels[channel]) ?? {};
  const configured =
    config.stores.length === 0
      ? [parseStoreUrl(DEFAULT_STORE, { name: DEFAULT_STORE, cwd: config.dir })]
      : config.stores;
  const ofChannel = configured.filter(({ name }) => rule.stores === undefined || rule.stores.includes(name));
  for (const name of options.store) named(name, ofChannel, '--store');
  const stores = ofChannel.filter(({ name }) => options.store.length === 0 || options.store.includes(name));
  const primary = primaryOf(rule.primary ?? config.primary, { channel: ofChannel, run: stores }, options.primary);
  const quorum = rule.quorum ?? config.quorum;
  return { stores, primary, quorum: quorum === 'all' ? stores.length : checkedQuorum(quorum, stores.length) };
}

/** A smaller quorum than one is refused by the schema; one above the number of stores can only be a mistake. */
function checkedQuorum(quorum: number, stores: number): number {
  if (quorum <= stores) return quorum;
  throw new SlipwayError(
    'CONFIG',
    `Cannot meet quorum ${quorum}: this run has ${stores === 1 ? 'one store' : `${stores} stores`}`,
    {
      hint: 'lower the quorum, or publish to more stores',
    },
  );
}

/**
 * Checks that every artifact has a place of its own in every store, and a layout that can show it. `listed` are all
 * artifacts of the config, because they share the store with those of this run. Throws `CONFIG`.
 */
export function checkFit(stores: readonly StoreSpec[], listed: readonly ArtifactPlan[]): void {
  for (const store of stores) {
    if (store.kind === 'registry' && listed.length > 1 && !store.repository.includes('{artifact}')) {
      throw new SlipwayError(
        'CONFIG',
        `Cannot publish ${listed.length} artifacts to store "${store.name}": its URL names one repository`,
        {
          hint: 'put {artifact} into the URL, as in oci://HOST/fleet/{artifact}',
        },
      );
    }
    if (isRegistryBucket(store)) checkRegistryPrefix(store);
    const source = listed.find(({ render }) => render.kind === 'source');
    if ((store.kind === 's3' || store.kind === 'directory') && store.layout === 'object' && source !== undefined) {
      throw new SlipwayError(
        'CONFIG',
        `Cannot show artifact "${source.name}" in store "${store.name}": layout "object" needs one rendered file, and render "source" keeps many`,
        {
          hint: 'write layout=tarball, or render the artifact with plain or kustomize',
        },
      );
    }
  }
}

/** Clients of a registry know only names that it could have. */
function checkRegistryPrefix(store: RegistryBucketSpec): void {
  const problem = registryPrefixProblem(store);
  if (problem === undefined) return;
  throw new SlipwayError(
    'CONFIG',
    `Cannot use store "${store.name}" with layout "registry": its prefix begins the names of repositories, and ${problem}`,
    { hint: 'use another prefix, as in s3://BUCKET/fleet?layout=registry' },
  );
}
