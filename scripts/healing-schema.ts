/** The documented form of what `slipway heal` did. The compiler checks it against the type in src/model.ts, both ways. */
import * as v from 'valibot';
import type { Healing } from '../src/model.ts';
import { receipt } from './receipt-schema.ts';
import { described, schemaOf } from './schema-parts.ts';

const healing = v.strictObject({
  schema: v.literal(1),
  outcome: described(
    v.picklist(['healed', 'unchanged', 'planned', 'refused', 'failed']),
    'The worst of the receipts. Exit code 0 for the first three, 3 for refused, 4 for failed, 5 when a proof is not trusted',
  ),
  project: v.string(),
  channels: described(v.array(receipt), 'A receipt for each channel'),
  versions: described(v.array(receipt), 'A receipt for each version'),
});

/** The schema that schema/healing.json is made of. */
export const healingSchema: v.GenericSchema<unknown, Healing> = schemaOf<Healing>()(healing);
