/** Parts of records that answers repeat. */
import * as v from 'valibot';
import type { Job, RecordKind, Taken, WaveStep } from '../src/model.ts';
import { described, type Mutable, natural, schemaOf } from './schema-parts.ts';

/** What a record is made for. */
export const kind: v.GenericSchema<unknown, RecordKind> = schemaOf<RecordKind>()(
  v.picklist(['publish', 'promote', 'rollback', 'freeze', 'unfreeze', 'retire', 'sign', 'adopt']),
);

/** The CI run that made a record. */
export const job: v.GenericSchema<unknown, Mutable<Job>> = described(
  schemaOf<Job>()(
    v.strictObject({
      pipeline: v.exactOptional(v.string()),
      runNumber: v.exactOptional(natural),
      url: v.exactOptional(described(v.string(), 'Where the CI shows it')),
    }),
  ),
  'The CI run that made the record',
);

/** Where artifacts were taken from. */
export const taken: v.GenericSchema<unknown, Mutable<Taken>> = described(
  schemaOf<Taken>()(
    v.strictObject({
      channel: v.exactOptional(v.string()),
      generation: v.exactOptional(natural),
      version: v.exactOptional(v.string()),
      run: described(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)), 'Of the record or claim'),
    }),
  ),
  'Where a promotion or rollback took its artifacts from',
);

/** A step of a promotion. */
export const wave: v.GenericSchema<unknown, Mutable<WaveStep>> = described(
  schemaOf<WaveStep>()(v.strictObject({ name: v.string(), step: natural, of: natural })),
  'One step of a promotion that goes in several',
);
