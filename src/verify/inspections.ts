/** One thing to look at, of each kind: from its name to its proof, and to its content. */
import { readFile } from 'node:fs/promises';
import { isReadAt } from '../config/consumer.ts';
import type { VerifyCommandSettings } from '../config/resolve-verify.ts';
import type { StoreSpec } from '../config/settings.ts';
import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Proof, ProofJudge } from '../model.ts';
import { forms } from '../seal/forms.ts';
import { type Traced, traceTag } from '../ship/trace.ts';
import { entryIn, listedIn, projectIn, traceObject } from '../ship/trace-object.ts';
import type { RootName, Unconfigured } from '../ship/trace-root.ts';
import type { Places, RepositoriesSpec } from './places.ts';
import type { Inspection, Proved } from './published.ts';
import type { Rebuild } from './rebuild.ts';
import type { Target } from './targets.ts';

type TargetOf<K extends Target['kind']> = Extract<Target, { readonly kind: K }>;

/** What every inspection needs. */
export interface Bench {
  readonly settings: VerifyCommandSettings;
  readonly judge: ProofJudge;
  readonly places: Places;
  readonly rebuild: Rebuild | undefined;
}

/** A file with its bundle. */
export function fileInspection({ path, artifact }: TargetOf<'file'>, reference: string, bench: Bench): Inspection {
  const { settings, judge } = bench;
  const named = artifact === undefined ? {} : { artifact };
  return {
    ...named,
    store: '',
    async prove(step) {
      const [bytes, bundle] = [await readInput(path), await readInput(settings.bundle ?? '')];
      step({ what: 'file', shown: reference, digest: digestOf(bytes) });
      const file = { bytes, ...(artifact === undefined ? {} : { name: artifact }) };
      return { evidence: await judge.explainFile(file, bundle) };
    },
  };
}

async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const state = (cause as NodeJS.ErrnoException).code ?? 'it failed';
    throw new SlipwayError('USAGE', `Cannot read "${path}": ${state}`, { hint: 'name a file that can be read', cause });
  }
}

/** Proof, then content: nobody's bytes are read at length before they are known to be proved. */
export async function proved(
  traced: Traced,
  { judge, rebuild }: Bench,
  warnings: readonly string[] = [],
): Promise<Proved> {
  const { shown, found, missing, content, commit, notes } = traced;
  const evidence = await judge.explain(shown, found).catch((thrown) => {
    throw withMissing(thrown, missing);
  });
  await traced.readContent();
  return {
    evidence: {
      ...evidence,
      notes: [...evidence.notes, ...notes],
      warnings: [...evidence.warnings, ...missing.map(lost), ...traced.warnings, ...warnings],
    },
    ...(rebuild && {
      rebuild: () => rebuild({ artifact: shown.name, content, commit: evidence.provenance?.commit ?? commit }),
    }),
  };
}

/** Who verifies is not always who publishes. */
const PROVE_AGAIN = 'ask whoever publishes it to run slipway publish --allow prove-again';

const lost = ({ kind, digest }: Proof): string =>
  `the record lists the proof "${digest}" (${kind}), which is missing or damaged: ${PROVE_AGAIN}`;

/** Why there is no good proof, where the record knows of one. */
function withMissing(thrown: unknown, [first]: readonly Proof[]): unknown {
  if (first === undefined || !(thrown instanceof SlipwayError) || thrown.code !== 'UNTRUSTED') return thrown;
  const state = `the record lists the proof "${first.digest}" (${first.kind}), which is missing or damaged`;
  return new SlipwayError('UNTRUSTED', `${thrown.message}; ${state}`, {
    hint: PROVE_AGAIN,
    cause: thrown,
  });
}

function shownStore(store: RepositoriesSpec): string {
  if (store.kind === 's3') return `s3://${store.bucket}`;
  return store.kind === 'registry' ? `oci://${store.host}` : `file:${store.root}`;
}

/** A tag, or a digest, and its layer. */
export function tagInspection(target: TargetOf<'tag'>, bench: Bench): Inspection {
  const { store, repository, tag, digest, artifact } = target;
  return {
    artifact,
    store: shownStore(store),
    async prove(step) {
      const repositories = await bench.places.repositories(store);
      return proved(await traceTag({ repositories, forms, repository, tag, digest, artifact }, step), bench);
    },
  };
}

type ObjectStore = TargetOf<'object'>['store'];

/** Whether a store of the config is the one that a reference lies in. */
function isSamePlace(store: StoreSpec, asked: ObjectStore): boolean {
  if (store.kind === 'directory' && asked.kind === 'directory') return store.root === asked.root;
  if (store.kind !== 's3' || asked.kind !== 's3') return false;
  return store.bucket === asked.bucket && store.prefix === asked.prefix && store.endpoint === asked.endpoint;
}

const consumerOf = (store: StoreSpec): Pick<ObjectStore, 'consumer'> =>
  'consumer' in store && store.consumer !== undefined ? { consumer: store.consumer } : {};

/** What a reference says of how clusters reach its bucket: of a folder nothing. */
export function confirmedBy(spec: StoreSpec): Pick<RootName, 'confirms'> {
  return spec.kind === 's3' ? { confirms: (access) => isReadAt(spec, access) } : {};
}

/** What holds of a bucket that no config speaks of: clusters are to read this one. */
const bare = (spec: ObjectStore, project: string): Unconfigured => ({
  project,
  keyPrefix: spec.kind === 's3' ? spec.prefix : '',
});

/** An object, by the record of its channel or the claim of its version. */
export function objectInspection(target: TargetOf<'object'>, reference: string, bench: Bench): Inspection {
  const { settings } = bench;
  const { store: asked, space, place, artifact } = target;
  const known = settings.config?.stores.find((store) => isSamePlace(store, asked));
  const spec = known === undefined ? asked : { ...asked, ...consumerOf(known) };
  return {
    artifact,
    store: spec.kind === 's3' ? `s3://${spec.bucket}/${spec.prefix}`.replace(/\/$/, '') : `file:${spec.root}`,
    async prove(step) {
      const objects = await bench.places.objects(spec);
      const project = await projectIn(objects, { asked: settings.config?.project, reference });
      const store = await bench.places.store(spec, project);
      const record = await listedIn(store, space);
      step({ what: record.what, shown: record.shown });
      const { layout } = spec;
      const name = { objects, store, layout, space, listed: entryIn(record, place), artifact, ...confirmedBy(spec) };
      const unconfigured = known === undefined ? bare(spec, project) : undefined;
      return proved(await traceObject({ ...name, unconfigured }, step), bench);
    },
  };
}
