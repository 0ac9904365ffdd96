/** The documented form of a difference, as answers hold it. */
import * as v from 'valibot';
import type { DifferenceDocument, Refusal } from '../src/model.ts';
import { described, type Mutable, natural, schemaOf } from './schema-parts.ts';

const objectName = v.strictObject({
  apiVersion: v.string(),
  kind: v.string(),
  namespace: v.exactOptional(v.string()),
  name: described(v.string(), 'Of generateName with a * behind it'),
});

const field = v.strictObject({
  path: described(v.string(), 'As kubectl writes it, items of lists by their merge key'),
  change: v.picklist(['added', 'removed', 'changed', 'reordered']),
  before: v.exactOptional(v.unknown()),
  after: v.exactOptional(v.unknown()),
  masked: v.exactOptional(described(v.literal(true), 'Holds a secret: its values are not told')),
  follows: v.exactOptional(described(v.literal(true), 'Refers to a generated object, and follows its new name')),
});

const former = v.strictObject({
  artifact: v.exactOptional(v.string()),
  file: v.exactOptional(v.string()),
  namespace: v.exactOptional(v.string()),
  name: v.exactOptional(v.string()),
});

const objectChange = v.strictObject({
  change: v.picklist(['added', 'removed', 'changed', 'moved', 'renamed']),
  object: objectName,
  file: described(v.string(), 'Path in the artifact'),
  from: v.exactOptional(described(former, 'Where it was before, as far as it was elsewhere')),
  to: v.exactOptional(v.strictObject({ artifact: v.string(), file: v.string() })),
  fields: v.array(field),
  references: v.exactOptional(described(natural, 'Fields of others that follow the new name')),
  values: v.exactOptional(
    v.strictObject({ before: v.exactOptional(v.unknown()), after: v.exactOptional(v.unknown()) }),
  ),
});

const fileChange = v.strictObject({ change: v.picklist(['added', 'removed', 'changed']), path: v.string() });

const shared = v.strictObject({
  artifacts: v.array(v.string()),
  changes: v.array(objectChange),
  files: v.array(fileChange),
});

const side = v.strictObject({
  kind: v.picklist(['channel', 'version', 'digest', 'reference', 'sources']),
  name: described(v.string(), 'As it was named: the channel, the version, the digest, the reference or the path'),
  generation: v.exactOptional(described(natural, 'Of a channel')),
});

const form = v.strictObject({
  schema: v.literal(1),
  sides: v.exactOptional(described(v.strictObject({ before: side, after: side }), 'What was compared')),
  counts: v.strictObject({
    artifacts: v.strictObject({ added: natural, removed: natural, changed: natural, unchanged: natural }),
    objects: v.strictObject({ added: natural, removed: natural, changed: natural, moved: natural, renamed: natural }),
    files: natural,
    references: natural,
  }),
  artifacts: v.array(
    v.strictObject({
      name: v.string(),
      state: v.picklist(['added', 'removed', 'changed', 'unchanged']),
      objects: v.strictObject({ before: natural, after: natural }),
    }),
  ),
  sets: described(v.array(shared), 'Changed artifacts by the whole of what is different in them'),
  common: described(v.array(shared), 'Every single change once, the most common first'),
});

/** The schema that schema/difference.json is made of. */
export const differenceSchema: v.GenericSchema<unknown, DifferenceDocument> = schemaOf<DifferenceDocument>()(form);

/** The same, for answers that hold a difference. */
export const difference: v.GenericSchema<unknown, Mutable<DifferenceDocument>> = differenceSchema as v.GenericSchema<
  unknown,
  Mutable<DifferenceDocument>
>;

const refusalForm = v.strictObject({
  rule: v.picklist(['deletions', 'delete', 'shrink', 'disappear', 'immutable', 'move']),
  artifacts: described(v.array(v.string()), 'Where it happens; empty for the release as a whole'),
  object: v.exactOptional(v.string()),
  message: v.string(),
  allow: described(v.string(), 'What --allow must say, exactly'),
  allowed: v.exactOptional(described(v.literal(true), 'It was said')),
});

/** Something too far-reaching, in answers that hold such. */
export const refusal: v.GenericSchema<unknown, Mutable<Refusal>> = schemaOf<Refusal>()(refusalForm) as v.GenericSchema<
  unknown,
  Mutable<Refusal>
>;
