/** The documented form of what `slipway promote` did in waves. The compiler checks it against the type in src/model.ts, both ways. */
import * as v from 'valibot';
import type { Promotion, WaveQuestion } from '../src/model.ts';
import { failure, receipt } from './receipt-schema.ts';
import { wave as step, taken } from './record-parts.ts';
import { described, digest, natural, schemaOf, time } from './schema-parts.ts';

const soak = v.strictObject({
  seconds: described(natural, 'How long the config asks for'),
  since: described(time, 'Time of the record that brought the last of the wave'),
  waited: described(v.pipe(v.number(), v.minValue(0)), 'Seconds that this run waited'),
});

const gate = v.strictObject({
  name: v.string(),
  reason: v.exactOptional(v.string()),
  reference: v.exactOptional(v.string()),
});

const wave = v.strictObject({
  name: v.string(),
  step: described(natural, 'Counts from 1'),
  of: described(natural, 'How many waves there are'),
  artifacts: described(v.array(v.string()), 'Names of what belongs to it'),
  receipt: v.exactOptional(described(receipt, 'Absent for a wave that this run only looked at')),
  soak: v.exactOptional(described(soak, 'Absent where nothing had to be waited for yet')),
  gate: v.exactOptional(described(gate, 'What its gate answered, where it was asked')),
});

const promotion = v.strictObject({
  schema: v.literal(1),
  outcome: described(
    v.picklist(['published', 'unchanged', 'healed', 'superseded', 'planned', 'refused', 'failed']),
    'Of all waves together. Exit code 3 for refused, 4 for failed, 5 when a proof is not trusted, else 0',
  ),
  project: v.string(),
  channel: v.string(),
  from: taken,
  waves: described(v.array(wave), 'In order, as far as this run came'),
  notes: described(v.array(v.string()), 'What is worth knowing though it kept nothing from going on'),
  error: v.exactOptional(failure),
});

/** The schema that schema/promotion.json is made of. */
export const promotionSchema: v.GenericSchema<unknown, Promotion> = schemaOf<Promotion>()(promotion);

const question = v.strictObject({
  schema: v.literal(1),
  kind: described(v.literal('wave'), 'Tells it from what a gate is asked before a release is recorded'),
  project: v.string(),
  channel: v.string(),
  from: taken,
  wave: step,
  generation: described(natural, 'The one that brought the last of the wave'),
  at: described(time, 'Its time'),
  soaked: described(natural, 'Seconds since then'),
  artifacts: described(
    v.array(
      v.strictObject({
        name: v.string(),
        content: digest,
        manifest: digest,
        commit: v.exactOptional(described(v.string(), 'The commit that it was last published from')),
      }),
    ),
    'What the wave brought, in the order of their names',
  ),
});

/** The schema that schema/wave-question.json is made of. */
export const waveQuestionSchema: v.GenericSchema<unknown, WaveQuestion> = schemaOf<WaveQuestion>()(question);
