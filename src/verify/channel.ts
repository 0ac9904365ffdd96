/** A whole channel: what its newest record lists, in each of its stores. */
import type { StoreSpec } from '../config/settings.ts';
import { chooseStores } from '../config/stores.ts';
import { SlipwayError } from '../errors.ts';
import type { VerifiedArtifact } from '../model.ts';
import { forms } from '../seal/forms.ts';
import { type Step, type Traced, traceTag } from '../ship/trace.ts';
import { entryIn, type ListedRecord, listedIn, traceObject } from '../ship/trace-object.ts';
import { type Bench, confirmedBy, proved } from './inspections.ts';
import type { OpenedPlace } from './places.ts';
import { type Inspection, verdictOf } from './published.ts';
import type { Target } from './targets.ts';

/** What is to be looked at, or why it cannot be. */
export type Looks = readonly (Inspection | VerifiedArtifact)[];

type ChannelTarget = Extract<Target, { readonly kind: 'channel' }>;

/** What a store says of a channel, or why it says nothing. */
type Said =
  | { readonly at: OpenedPlace; readonly spec: StoreSpec; readonly record: ListedRecord }
  | { readonly failed: VerifiedArtifact };

async function saidBy(spec: StoreSpec, { channel, config }: ChannelTarget, { places }: Bench): Promise<Said> {
  try {
    const at = await places.place(spec, config.project);
    return { at, spec, record: await listedIn(at.store, { kind: 'channel', channel }) };
  } catch (thrown) {
    return { failed: { store: spec.name, ...verdictOf(thrown), chain: [] } };
  }
}

/** Everything that is listed, in each of the stores; a store that fails hides no other. */
export async function channelInspections(target: ChannelTarget, bench: Bench): Promise<Looks> {
  const { channel, config, artifact } = target;
  const { stores } = chooseStores(config, channel, { store: [] });
  const said = await Promise.all(stores.map((spec) => saidBy(spec, target, bench)));
  const newest = Math.max(0, ...said.map((one) => ('record' in one ? one.record.generation : 0)));
  return said.flatMap((one): Looks => {
    if ('failed' in one) return [one.failed];
    const { at, spec, record } = one;
    const names = artifact === undefined ? record.artifacts.map(({ name }) => name) : [artifact];
    if (names.length === 0) return [emptyRecord(at, record)];
    const warnings = record.generation < newest ? [lagging(record, newest)] : [];
    return names.map((name) => listedInspection({ at, spec, record, channel, name, warnings }, bench));
  });
}

/** Nothing is trusted for want of anything to look at. */
function emptyRecord({ store }: OpenedPlace, { title }: ListedRecord): VerifiedArtifact {
  const error = new SlipwayError('NOT_FOUND', `There is nothing to verify: ${title} lists no artifact`);
  return { store: store.name, chain: [], ...verdictOf(error) };
}

const lagging = ({ title }: ListedRecord, newest: number): string =>
  `the store shows ${title}, and another store shows generation ${newest}: publish again to bring it up to date`;

interface InChannel {
  readonly at: OpenedPlace;
  readonly spec: StoreSpec;
  readonly record: ListedRecord;
  readonly channel: string;
  readonly name: string;
  readonly warnings: readonly string[];
}

function listedInspection(listed: InChannel, bench: Bench): Inspection {
  const { at, record, name, warnings } = listed;
  return {
    artifact: name,
    store: at.store.name,
    async prove(step) {
      step({ what: record.what, shown: record.shown });
      return proved(await traceListed(listed, step), bench, warnings);
    },
  };
}

async function traceListed({ at, spec, record, channel, name }: InChannel, step: Step): Promise<Traced> {
  const { store } = at;
  const listed = entryIn(record, name);
  if (at.kind === 'objects') {
    const { objects, layout } = at;
    const space = { kind: 'channel', channel } as const;
    return traceObject({ objects, store, layout, space, listed, artifact: name, ...confirmedBy(spec) }, step);
  }
  const { repositories, repositoryOf, blobs } = at;
  const place = { repositories, blobs, forms, repository: repositoryOf(name) };
  const expected = { ...listed, proofs: store.proofs };
  return traceTag({ ...place, tag: channel, artifact: name, listed: expected }, step);
}
