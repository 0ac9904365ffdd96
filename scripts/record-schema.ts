/** The documented form of release records and version claims, checked by the compiler against src/model.ts. */
import * as v from 'valibot';
import type { ReleaseRecord, VersionClaim } from '../src/model.ts';
import { job, kind, taken, wave } from './record-parts.ts';
import { described, digest, natural, proof, schemaOf, time } from './schema-parts.ts';

const commit = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/));
const run = described(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)), 'Random id of the run that made it');
const md5 = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const view = v.strictObject({
  digest,
  md5: described(md5, 'What S3 reports as ETag'),
  size: described(natural, 'In bytes'),
});

const entry = v.strictObject({
  name: v.string(),
  commit: v.exactOptional(described(commit, 'The commit that this artifact was last published from')),
  commitTime: v.exactOptional(time),
  content: described(digest, "The content's digest: the artifact's identity"),
  manifest: described(digest, "The OCI manifest's digest"),
  manifestMd5: v.exactOptional(described(md5, "The OCI manifest's MD5, by which the LIST of a bucket tells it")),
  size: described(natural, 'Of the content, in bytes'),
  resources: natural,
  views: described(
    v.strictObject({ object: v.exactOptional(view), tarball: view }),
    'How bucket layouts show the content',
  ),
  proofs: described(v.array(proof), 'What proves the manifest, and what buckets show of it'),
  since: described(natural, 'The generation that brought the present content'),
  orphan: v.exactOptional(described(v.literal(true), 'The config no longer lists it')),
});

const record = v.strictObject({
  schema: v.literal(1),
  project: v.string(),
  channel: v.string(),
  generation: described(natural, "The release's number in its channel; 0 for kind adopt, which is never the newest"),
  previous: v.exactOptional(
    v.strictObject({
      generation: natural,
      run: v.string(),
      digest: v.exactOptional(described(digest, 'Of the bytes of the record before')),
    }),
  ),
  run,
  kind,
  at: described(time, 'When it was made'),
  by: v.exactOptional(v.string()),
  source: v.exactOptional(described(v.string(), 'URL of the repository, without userinfo')),
  pipeline: v.exactOptional(described(v.string(), 'Of the run that published the floor')),
  runNumber: v.exactOptional(described(natural, 'Of the run that published the floor')),
  job: v.exactOptional(job),
  tool: v.exactOptional(described(v.string(), 'Version of the slipway that made it')),
  floor: v.exactOptional(
    described(v.strictObject({ commit, time }), 'The newest commit in the channel: nothing older is published'),
  ),
  blocked: described(v.array(v.string()), 'Commits that were rolled back'),
  frozen: v.exactOptional(v.strictObject({ reason: v.string() })),
  from: v.exactOptional(taken),
  wave: v.exactOptional(wave),
  plan: v.exactOptional(described(digest, 'The plan that it was published by')),
  primary: described(v.string(), 'The store whose create-only write ordered this release'),
  artifacts: v.array(entry),
  allowed: described(v.array(v.string()), 'What was allowed explicitly'),
  gates: described(
    v.array(
      v.strictObject({
        name: v.string(),
        reason: v.exactOptional(v.string()),
        reference: v.exactOptional(v.string()),
      }),
    ),
    'Gates that let the release go on, with what they answered',
  ),
});

const claim = v.strictObject({
  schema: v.literal(1),
  project: v.string(),
  version: v.string(),
  run,
  at: time,
  by: v.exactOptional(v.string()),
  source: v.exactOptional(v.string()),
  artifacts: v.array(entry),
});

/** The schema that schema/record.json is made of: a release record, or a version claim. */
export const recordSchema: v.GenericSchema<unknown, ReleaseRecord | VersionClaim> = v.union([
  schemaOf<ReleaseRecord>()(record),
  schemaOf<VersionClaim>()(claim),
]);
