/** What a schema cannot say about `slipway.yaml`: names, store URLs, and that what is referred to exists. */
import { SlipwayError } from '../errors.ts';
import { templateProblem } from './artifact-name.ts';
import { checkProblems } from './check-settings.ts';
import { withConsumer } from './consumer.ts';
import type { ChannelFile, ConfigFile, ConsumerFile, StoreFile } from './file.ts';
import { gateProblems } from './gates-settings.ts';
import { channelProblem, projectProblem, storeNameProblem } from './names.ts';
import type { Problem } from './problem.ts';
import type { StoreSpec } from './settings.ts';
import { signProblems, verifyProblems } from './sign-settings.ts';
import { DEFAULT_STORE, parseStoreUrl } from './store-url.ts';
import { didYouMean } from './suggest.ts';
import { tenantProblems } from './tenants.ts';
import { waveProblems } from './waves-schema.ts';
import type { Path } from './yaml.ts';

type Note = (
  path: Path,
  message: string,
  details?: { readonly hint?: string | undefined; readonly part?: 'key' | 'value' },
) => void;

/** A store's URL with the parameters that stand beside it written into it. */
function urlOf(store: StoreFile): string {
  if (typeof store === 'string') return store;
  const { url, consumer: _, ...parameters } = store;
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value)).replaceAll('%2F', '/').replaceAll('%3A', ':')}`,
  );
  return pairs.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

const consumerIn = (store: StoreFile): ConsumerFile | undefined =>
  typeof store === 'string' ? undefined : store.consumer;

function checkStores(config: ConfigFile, dir: string, note: Note): StoreSpec[] {
  return Object.entries(config.stores ?? {}).flatMap(([name, store]) => {
    const problem = storeNameProblem(name);
    if (problem !== undefined) note(['stores', name], `store name "${name}" is not valid: ${problem}`, { part: 'key' });
    try {
      const spec = parseStoreUrl(urlOf(store), { name, cwd: dir });
      const own = consumerIn(store);
      if (own !== undefined && spec.kind !== 's3' && spec.kind !== 'directory') {
        note(['stores', name, 'consumer'], 'only a bucket has a consumer of its own', {
          part: 'key',
          hint: 'remove it',
        });
      }
      return [withConsumer(spec, own === undefined ? config.consumer : { ...config.consumer, ...own })];
    } catch (thrown) {
      if (!(thrown instanceof SlipwayError)) throw thrown;
      note(['stores', name], thrown.message.replace(/^Cannot/, 'cannot'), { hint: thrown.hint });
      return [];
    }
  });
}

/** What stands at the top level and again in a channel. */
function checkRule(rule: ChannelFile, names: readonly string[], note: Note): void {
  const known = (name: string, path: Path): void => {
    if (!names.includes(name))
      note(path, 'this store is not configured', { hint: didYouMean(name, names) ?? 'list it under stores' });
  };
  for (const [index, name] of (rule.stores ?? []).entries()) {
    known(name, ['stores', index]);
    if (rule.stores?.indexOf(name) !== index) note(['stores', index], 'this store is listed twice');
  }
  if (rule.primary !== undefined) known(rule.primary, ['primary']);
  const count = rule.stores?.length ?? names.length;
  if (typeof rule.quorum === 'number' && rule.quorum > count) {
    note(
      ['quorum'],
      `quorum ${rule.quorum} can never be met: there ${count === 1 ? 'is 1 store' : `are ${count} stores`}`,
    );
  }
}

function checkNames(config: ConfigFile, note: Note): void {
  const project = config.project === undefined ? undefined : projectProblem(config.project);
  if (project !== undefined) note(['project'], `project is not valid: ${project}`);
  const channel = config.channel === undefined ? undefined : channelProblem(config.channel);
  if (channel !== undefined) note(['channel'], `channel is not valid: ${channel}`);
  for (const name of Object.keys(config.channels ?? {})) {
    const problem = channelProblem(name);
    if (problem !== undefined) note(['channels', name], `channel "${name}" is not valid: ${problem}`, { part: 'key' });
  }
  for (const [index, { name }] of config.artifacts.entries()) {
    const problem = name === undefined ? undefined : templateProblem(name);
    if (problem !== undefined) note(['artifacts', index, 'name'], problem.message, { hint: problem.hint });
  }
}

const below = (path: Path, problems: readonly Problem[]): readonly Problem[] =>
  problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));

/** `sign`, `verify`, and the `verify` of channels. */
function sealProblems({ sign, verify, channels = {} }: ConfigFile): readonly Problem[] {
  const ofChannels = Object.entries(channels).flatMap(([name, rule]) =>
    rule?.verify === undefined ? [] : below(['channels', name, 'verify'], verifyProblems(rule.verify)),
  );
  return [
    ...below(['sign'], sign === undefined ? [] : signProblems(sign)),
    ...below(['verify'], verify === undefined ? [] : verifyProblems(verify)),
    ...ofChannels,
  ];
}

/** `gates`, and those of channels. */
const ofGates = ({ gates = [], channels = {} }: ConfigFile): readonly Problem[] => [
  ...below(['gates'], gateProblems(gates)),
  ...Object.entries(channels).flatMap(([name, rule]) =>
    below(['channels', name, 'gates'], gateProblems(rule?.gates ?? [])),
  ),
];

/** The `waves` of channels. */
const ofWaves = ({ channels = {} }: ConfigFile): readonly Problem[] =>
  Object.entries(channels).flatMap(([name, rule]) =>
    below(['channels', name, 'waves'], waveProblems(rule?.waves ?? [])),
  );

/** Checks a config that fits the schema. `dir` is the absolute folder that relative paths start from. Problems are data. */
export function checkConfig(
  config: ConfigFile,
  dir: string,
): { readonly stores: readonly StoreSpec[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const note: Note = (path, message, { hint, part = 'value' } = {}) => {
    problems.push({ path, part, message, ...(hint === undefined ? {} : { hint }) });
  };
  checkNames(config, note);
  const stores = checkStores(config, dir, note);
  const named = Object.keys(config.stores ?? {});
  const names = named.length === 0 ? [DEFAULT_STORE] : named;
  const { primary, quorum } = config;
  checkRule(
    { ...(primary === undefined ? {} : { primary }), ...(quorum === undefined ? {} : { quorum }) },
    names,
    note,
  );
  for (const [channel, rule] of Object.entries(config.channels ?? {})) {
    checkRule(rule ?? {}, names, (path, message, details) => note(['channels', channel, ...path], message, details));
  }
  const ofTenants = below(['tenants'], tenantProblems(config.tenants ?? []));
  return {
    stores,
    problems: [
      ...problems,
      ...sealProblems(config),
      ...ofGates(config),
      ...ofWaves(config),
      ...checkProblems(config.check ?? {}),
      ...ofTenants,
    ],
  };
}
