/** The documented form of what `slipway prune` found and did. The compiler checks it against the type in src/model.ts, both ways. */
import * as v from 'valibot';
import type { Pruned } from '../src/model.ts';
import { described, natural, schemaOf, time } from './schema-parts.ts';

const item = v.strictObject({
  kind: v.picklist(['record', 'proof', 'manifest', 'content', 'scratch']),
  what: described(v.string(), 'Where it lies in its store'),
  bytes: natural,
  state: described(
    v.picklist(['goes', 'deleted', 'waits', 'new']),
    'goes: would be deleted by --yes now. deleted: was. waits: is marked, and not old enough. new: is seen for the first time',
  ),
  since: v.exactOptional(described(time, "Since when it is marked, by the store's clock")),
  reason: described(v.string(), 'Why it is not kept'),
});

const total = v.strictObject({ items: natural, bytes: natural });

const pruned = v.strictObject({
  schema: v.literal(1),
  outcome: described(
    v.picklist(['planned', 'pruned', 'unchanged', 'failed']),
    'planned: nothing was written, because --yes was not given. unchanged: there is nothing that nothing needs. failed: an error ended it; what was deleted before it is listed',
  ),
  keep: described(natural, 'Releases of each channel that are kept'),
  minAge: described(natural, 'In seconds'),
  stores: described(v.record(v.string(), v.array(item)), 'By the names of the config'),
  totals: v.strictObject({ goes: total, deleted: total, waits: total, new: total }),
});

/** The schema that schema/pruned.json is made of. */
export const prunedSchema: v.GenericSchema<unknown, Pruned> = schemaOf<Pruned>()(pruned);
