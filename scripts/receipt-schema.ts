/** The documented form of the receipt. The compiler checks it against the type in src/model.ts, both ways. */
import * as v from 'valibot';
import type { Failure, Receipt } from '../src/model.ts';
import { difference, refusal } from './difference-schema.ts';
import { finding } from './finding-schema.ts';
import { described, digest, type Mutable, natural, proof, schemaOf } from './schema-parts.ts';

/** An error as data. */
export const failure: v.GenericSchema<unknown, Mutable<Failure>> = schemaOf<Failure>()(
  v.strictObject({
    code: described(v.string(), 'What kind of error, such as NETWORK'),
    message: v.string(),
    hint: v.exactOptional(described(v.string(), 'What to do about it')),
  }),
);

const store = v.strictObject({
  state: described(
    v.picklist(['current', 'lagging', 'diverged', 'failed']),
    'Whether the store shows the newest release',
  ),
  lock: described(v.picklist(['cas', 'none']), 'cas: the store orders releases by create-only writes. none: it cannot'),
  url: described(v.string(), 'Never holds a credential'),
  generation: described(natural, 'Of the newest record in this store; 0 when it has none'),
  error: v.exactOptional(failure),
});

const artifactInStore = v.strictObject({
  state: v.picklist(['current', 'unchanged', 'lagging', 'repaired', 'failed']),
  reference: described(v.string(), 'What to hand to slipway pull'),
  fluxRevision: described(v.string(), "What Flux reports as status.artifact.revision for this name's consumer"),
  error: v.exactOptional(failure),
});

const artifact = v.strictObject({
  name: v.string(),
  changed: described(v.boolean(), 'Whether this run changed what the channel shows'),
  digest: described(digest, "The content's digest: the artifact's identity"),
  manifest: described(digest, "The OCI manifest's digest"),
  size: described(natural, 'Of the content, in bytes'),
  resources: described(natural, 'Number of Kubernetes objects; 0 where files are packed as they are'),
  orphan: v.exactOptional(
    described(v.literal(true), 'The config no longer lists it; it stays in the channel until it is retired'),
  ),
  proofs: described(v.array(proof), 'What proves it'),
  stores: v.record(v.string(), artifactInStore),
});

const proved = v.strictObject({
  kind: v.picklist(['bundle', 'views', 'signature', 'notation']),
  signer: v.string(),
  artifacts: described(
    natural,
    'How many it is about: bundle and views are one proof for all, the others one for each',
  ),
});

const taken = v.strictObject({
  channel: v.exactOptional(v.string()),
  generation: v.exactOptional(natural),
  version: v.exactOptional(v.string()),
  run: described(v.string(), 'Random id of the run that made that record, or claimed that version'),
});

const form = v.strictObject({
  schema: v.literal(1),
  outcome: described(
    v.picklist(['published', 'unchanged', 'healed', 'superseded', 'planned', 'refused', 'failed']),
    'Exit code 0 for the first five, 3 for refused, 4 for failed, 5 when it failed because a proof is not trusted',
  ),
  project: v.string(),
  channel: v.exactOptional(v.string()),
  version: v.exactOptional(v.string()),
  kind: v.exactOptional(
    described(
      v.picklist(['publish', 'promote', 'rollback', 'freeze', 'unfreeze', 'retire', 'sign', 'adopt']),
      'Of the record that was made, or would be',
    ),
  ),
  from: v.exactOptional(described(taken, 'Where a promotion or rollback took its artifacts from')),
  frozen: v.exactOptional(described(v.strictObject({ reason: v.string() }), 'Why the channel was frozen by this run')),
  retired: v.exactOptional(described(v.array(v.string()), 'Artifacts that left the channel')),
  generation: described(natural, "The channel's generation after the run; 0 when it has none"),
  revision: v.exactOptional(described(v.string(), 'Where the content came from: <branch or tag>@sha1:<commit>')),
  record: v.exactOptional(described(v.string(), 'Run id of the newest record')),
  stores: described(v.record(v.string(), store), 'By the names of the config, or by URL without tag'),
  artifacts: v.array(artifact),
  findings: v.array(finding),
  proved: described(v.array(proved), 'What the run proved anew, or in a dry run would prove'),
  warnings: described(v.array(v.string()), 'What works, but not for every reader'),
  difference: v.exactOptional(described(difference, 'What the clusters will see change')),
  refusals: described(v.array(refusal), 'What is too far-reaching: refused, or allowed by its phrase'),
  requests: described(
    v.record(
      v.string(),
      v.strictObject({
        reads: natural,
        writes: natural,
        bytes: v.exactOptional(described(natural, 'What a dry run would upload')),
      }),
    ),
    'Requests sent, by store; in a dry run those that would be',
  ),
  seconds: described(v.record(v.string(), v.number()), 'By stage, and total'),
  error: v.exactOptional(failure),
});

/** The schema that schema/receipt.json is made of. */
export const receiptSchema: v.GenericSchema<unknown, Receipt> = schemaOf<Receipt>()(form);

/** The same, for answers that hold receipts. */
export const receipt: v.GenericSchema<unknown, Mutable<Receipt>> = receiptSchema as v.GenericSchema<
  unknown,
  Mutable<Receipt>
>;
