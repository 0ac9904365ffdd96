/** The documented form of findings. The compiler checks it against the types in src/, both ways. */
import * as v from 'valibot';
import type { Finding } from '../src/model.ts';
import type { FindingsDocument } from '../src/report/formats.ts';
import { described, type Mutable, natural, schemaOf } from './schema-parts.ts';

/** One result of a check, a part of several documents. */
export const finding: v.GenericSchema<unknown, Mutable<Finding>> = schemaOf<Finding>()(
  v.strictObject({
    rule: described(v.string(), 'The rule that says so, such as object/not-an-object'),
    severity: v.picklist(['warn', 'error']),
    artifact: v.string(),
    file: v.exactOptional(described(v.string(), 'The source file, beginning like the path of the artifact')),
    line: v.exactOptional(described(natural, 'Counted from 1')),
    column: v.exactOptional(described(natural, 'Counted from 1, in characters')),
    rendered: v.exactOptional(
      described(v.literal(true), 'The file is what the consumer reads, because the source cannot be told'),
    ),
    object: v.exactOptional(described(v.string(), 'The Kubernetes object: Deployment payments/api')),
    path: v.exactOptional(described(v.string(), 'The field of the object: spec.template.spec.containers[0].image')),
    message: described(v.string(), 'What is wrong, in one sentence'),
    found: v.exactOptional(v.string()),
    expected: v.exactOptional(v.string()),
    hint: v.exactOptional(described(v.string(), 'What to do about it')),
  }),
);

const document = v.strictObject({
  schema: v.literal(1),
  counts: v.strictObject({ artifacts: natural, errors: natural, warnings: natural }),
  rules: described(
    v.array(
      v.strictObject({
        id: v.string(),
        summary: v.string(),
        page: described(v.string(), "Where the rule is described, from the root of slipway's repository on"),
      }),
    ),
    'Those that findings name',
  ),
  artifacts: v.array(
    v.strictObject({ name: v.string(), shown: described(v.string(), 'Its folder or file, as the config names it') }),
  ),
  findings: v.array(finding),
});

/** The schema that schema/findings.json is made of. */
export const findingsSchema: v.GenericSchema<unknown, FindingsDocument> = schemaOf<FindingsDocument>()(document);
