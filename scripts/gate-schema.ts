/** The documented form of what gates are asked, and of what they answer. */
import * as v from 'valibot';
import type { GateQuestion } from '../src/model.ts';
import { difference, refusal } from './difference-schema.ts';
import { described, digest, natural, schemaOf, time } from './schema-parts.ts';

const side = v.strictObject({
  content: described(digest, "The content's digest: the artifact's identity"),
  manifest: described(digest, "The OCI manifest's digest"),
  commit: v.exactOptional(described(v.string(), 'The commit that it was last published from')),
});

const form = v.strictObject({
  schema: v.literal(1),
  project: v.string(),
  channel: v.string(),
  version: v.exactOptional(described(v.string(), 'Claimed together with it')),
  kind: described(
    v.picklist(['publish', 'promote', 'rollback', 'freeze', 'unfreeze', 'retire', 'sign', 'adopt']),
    'Of the record that is about to be made',
  ),
  generation: described(natural, 'Its number, unless another run is first'),
  at: time,
  revision: v.exactOptional(v.string()),
  source: v.exactOptional(described(v.string(), 'URL of the repository, without userinfo')),
  by: v.exactOptional(v.string()),
  pipeline: v.exactOptional(v.string()),
  from: v.exactOptional(
    described(
      v.strictObject({
        channel: v.exactOptional(v.string()),
        generation: v.exactOptional(natural),
        version: v.exactOptional(v.string()),
        run: v.string(),
      }),
      'Where a promotion or rollback takes its artifacts from',
    ),
  ),
  wave: v.exactOptional(v.strictObject({ name: v.string(), step: natural, of: natural })),
  artifacts: described(
    v.array(v.strictObject({ name: v.string(), before: v.exactOptional(side), after: v.exactOptional(side) })),
    'Those that change. Without before it is new, without after it leaves the channel',
  ),
  difference: described(difference, 'What changes in them; the values of Secrets are never in it'),
  unknown: described(v.array(v.string()), 'Artifacts of which nobody can tell what changes'),
  refusals: described(v.array(refusal), 'What reaches far, and was allowed'),
  allowed: described(v.array(v.string()), 'Phrases of --allow that this release needs'),
  stores: v.array(v.strictObject({ name: v.string(), url: v.string() })),
});

/** The schema that schema/gate-question.json is made of. */
export const gateQuestionSchema: v.GenericSchema<unknown, GateQuestion> = schemaOf<GateQuestion>()(form);

/** The schema that schema/gate-answer.json is made of. */
export const gateAnswerSchema: v.GenericSchema = v.object({
  allow: described(v.boolean(), 'Whether the release may go on'),
  reason: v.exactOptional(described(v.nullable(v.string()), 'Shown, and kept in the record where it may')),
  reference: v.exactOptional(
    described(v.nullable(v.string()), 'What it stands in for elsewhere, such as the number of a change'),
  ),
});
