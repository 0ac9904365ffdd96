/** The documented form of what `slipway doctor` finds. The compiler checks it against the type in src/model.ts, both ways. */
import * as v from 'valibot';
import type { Diagnosis } from '../src/model.ts';
import { described, schemaOf } from './schema-parts.ts';

const verdict = v.picklist(['usable', 'unsafe', 'unusable']);

const line = v.strictObject({
  check: described(
    v.picklist([
      'reach',
      'bucket',
      'clock',
      'marker',
      'rights',
      'probe',
      'creates',
      'matches',
      'etags',
      'reads',
      'listing',
      'referrers',
      'sourceignore',
      'prune',
      'channel',
    ]),
    'What was looked at',
  ),
  level: described(
    v.picklist(['ok', 'warning', 'problem']),
    'problem: publishing will fail, or promises would not hold',
  ),
  text: v.string(),
  hint: v.exactOptional(described(v.string(), 'What to do about it')),
});

const store = v.strictObject({
  name: described(v.string(), 'As the config has it'),
  url: described(v.string(), 'Never holds a credential'),
  verdict: described(verdict, 'unsafe: usable as soon as accept-unsafe is set on the store'),
  checks: v.array(line),
});

const diagnosis = v.strictObject({
  schema: v.literal(1),
  verdict: described(verdict, 'The worst of the stores. Exit code 0 for usable, 3 for unsafe, 4 for unusable'),
  stores: v.array(store),
});

/** The schema that schema/diagnosis.json is made of. */
export const diagnosisSchema: v.GenericSchema<unknown, Diagnosis> = schemaOf<Diagnosis>()(diagnosis);
