/** The documented form of a plan. The compiler checks it against the type in src/model.ts, both ways. */
import * as v from 'valibot';
import type { PlanDocument } from '../src/model.ts';
import { finding } from './finding-schema.ts';
import { receipt } from './receipt-schema.ts';
import { described, digest, natural, schemaOf, time } from './schema-parts.ts';

const name = v.strictObject({
  artifact: v.string(),
  store: v.string(),
  reconciles: described(
    v.picklist(['yes', 'no', 'unknown']),
    'Whether clusters that read this name will fetch and apply it anew; unknown where the store could not be read',
  ),
  isNew: v.exactOptional(described(v.literal(true), 'Nothing was there: nobody reads it yet')),
});

const expectedArtifact = v.strictObject({
  name: v.string(),
  content: digest,
  manifest: digest,
  commit: v.exactOptional(v.string()),
  changed: v.exactOptional(v.literal(true)),
  orphan: v.exactOptional(v.literal(true)),
});

const expectation = v.strictObject({
  source: v.strictObject({
    source: v.exactOptional(v.string()),
    commit: v.exactOptional(v.string()),
    dirty: v.boolean(),
  }),
  built: v.array(v.strictObject({ name: v.string(), content: digest, renderer: v.exactOptional(v.string()) })),
  stores: v.record(
    v.string(),
    v.strictObject({
      state: v.picklist(['current', 'lagging', 'diverged', 'failed']),
      generation: described(natural, 'Of its newest record; 0 when it has none'),
      run: v.exactOptional(described(v.string(), 'Of that record')),
      gets: described(v.array(v.string()), 'Artifacts that it has to be given'),
      moves: described(v.array(v.string()), 'Artifacts whose names move'),
    }),
  ),
  outcome: v.picklist(['published', 'unchanged', 'healed', 'superseded', 'planned', 'refused', 'failed']),
  kind: v.exactOptional(
    v.picklist(['publish', 'promote', 'rollback', 'freeze', 'unfreeze', 'retire', 'sign', 'adopt']),
  ),
  generation: natural,
  artifacts: v.array(expectedArtifact),
  claimed: v.exactOptional(described(v.array(expectedArtifact), 'Of the version')),
});

const view = v.strictObject({ digest, md5: v.string(), size: natural });
const render = v.picklist(['source', 'plain', 'kustomize', 'helm', 'command']);

const built = v.strictObject({
  name: v.string(),
  render,
  content: v.strictObject({ mediaType: v.string(), digest, size: natural }),
  views: v.strictObject({ object: v.exactOptional(view), tarball: view }),
  resources: natural,
  renderer: v.exactOptional(v.strictObject({ name: v.string(), version: v.string() })),
  input: v.exactOptional(digest),
  findings: v.array(finding),
});

const work = v.strictObject({
  options: described(
    v.record(v.string(), v.union([v.string(), v.boolean(), v.array(v.string())])),
    'Options of slipway plan that publishing must have again',
  ),
  settings: described(v.record(v.string(), v.unknown()), 'What options and config came to, without any credential'),
  sources: v.array(v.strictObject({ name: v.string(), path: v.string(), render })),
  provenance: v.strictObject({
    source: v.exactOptional(v.string()),
    commit: v.exactOptional(v.string()),
    commitTime: v.exactOptional(time),
    ref: v.exactOptional(v.string()),
    dirty: v.boolean(),
  }),
  history: described(
    v.array(
      v.strictObject({
        ours: v.string(),
        other: v.string(),
        relation: v.picklist(['same', 'newer', 'older', 'unrelated', 'unknown']),
      }),
    ),
    'How commits relate, as the clone told',
  ),
  built: described(v.array(built), 'What was built; its bytes are in the folder of --built'),
  expected: described(expectation, 'What has to be so when the plan is published'),
});

const form = v.strictObject({
  schema: v.literal(1),
  digest: described(digest, 'Over everything else with sorted keys: a plan that was edited is refused'),
  slipway: v.exactOptional(described(v.string(), 'Version of the slipway that made it')),
  at: time,
  changes: described(v.boolean(), 'Whether a publish would change anything but how new the newest commit is'),
  allow: described(v.array(v.string()), 'What publishing needs behind --allow, besides what the plan was given'),
  names: v.array(name),
  receipt: described(receipt, 'As the publish would print it, with outcome planned'),
  work: v.exactOptional(described(work, 'For slipway publish --plan; absent where nothing could be decided')),
});

/** The schema that schema/plan.json is made of. */
export const planSchema: v.GenericSchema<unknown, PlanDocument> = schemaOf<PlanDocument>()(form);
