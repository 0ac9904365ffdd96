/** The documented forms of what is live, checked by the compiler against src/model.ts, both ways. */
import * as v from 'valibot';
import type { ReleaseLog, Status, Whois } from '../src/model.ts';
import { job, kind, taken, wave } from './record-parts.ts';
import { described, digest, natural, proof, schemaOf, time } from './schema-parts.ts';

const names = v.array(v.string());
const failure = v.strictObject({ code: v.string(), message: v.string(), hint: v.exactOptional(v.string()) });
const url = described(v.string(), 'Never holds a credential');
const generation = described(natural, 'The newest generation that the store keeps; 0 without any');
const warnings = described(names, 'What keeps the answer from being the whole truth, in sentences');
const asked = v.strictObject({ url, generation, error: v.exactOptional(failure) });

const artifact = v.strictObject({
  name: v.string(),
  commit: v.exactOptional(v.string()),
  content: digest,
  manifest: digest,
  size: described(natural, 'Of the content, in bytes'),
  resources: natural,
  since: described(natural, 'The generation that brought the content'),
  orphan: v.exactOptional(described(v.literal(true), 'The config no longer lists it')),
});

const changes = v.strictObject({
  added: names,
  changed: names,
  removed: names,
  compared: v.exactOptional(
    described(
      v.literal(true),
      'Absent where the generation before is gone: then changed is what this one brought, and what it removed is not known',
    ),
  ),
});

const logged = v.strictObject({
  generation: natural,
  run: described(v.string(), 'Run id of its record'),
  standing: described(
    v.picklist(['line', 'diverged', 'lost']),
    'line: one of the channel. diverged: of another line, made while stores could not see each other. lost: another run got its number at the same time',
  ),
  kind,
  at: described(time, 'When it was made'),
  by: v.exactOptional(v.string()),
  job: v.exactOptional(job),
  tool: v.exactOptional(described(v.string(), 'Version of the slipway that made it')),
  source: v.exactOptional(v.string()),
  commits: described(names, 'Of what changed; that of the floor where nothing did'),
  artifacts: described(natural, 'How many the channel has'),
  changes,
  from: v.exactOptional(taken),
  wave: v.exactOptional(wave),
  plan: v.exactOptional(described(digest, 'The plan that it was published by')),
  frozen: v.exactOptional(described(v.string(), 'Why the channel is frozen')),
  blocks: described(names, 'Commits that this generation blocked'),
  allowed: names,
  gates: v.array(
    v.strictObject({
      name: v.string(),
      reason: v.exactOptional(v.string()),
      reference: v.exactOptional(v.string()),
    }),
  ),
  versions: described(names, 'Versions with exactly this content'),
  stores: described(names, 'Stores that keep the record'),
});

const log = v.strictObject({
  schema: v.literal(1),
  project: v.string(),
  channel: v.string(),
  at: v.exactOptional(
    described(
      v.strictObject({
        time,
        generation: natural,
        until: v.exactOptional(described(time, 'When the next generation took over; absent while it is the newest')),
        artifacts: v.array(artifact),
      }),
      'What was live at the time of --at; generations has that one alone',
    ),
  ),
  generations: described(v.array(logged), 'Newest first'),
  gaps: described(
    v.array(v.strictObject({ from: natural, to: natural })),
    'Generations that no store keeps any more, ends included',
  ),
  older: described(natural, 'Older generations that are kept and not shown'),
  stores: v.record(v.string(), asked),
  warnings,
});

const name = v.strictObject({
  state: described(
    v.picklist(['current', 'behind', 'hidden', 'failed']),
    'hidden: the layout of the store cannot show it',
  ),
  reference: described(v.string(), 'What to hand to slipway pull'),
  fluxRevision: v.exactOptional(
    described(
      v.string(),
      'What Flux reports as revision once the name is current; absent where only a listing could tell',
    ),
  ),
});

const store = v.strictObject({
  url,
  generation,
  state: v.picklist(['current', 'lagging', 'diverged', 'failed']),
  behind: described(names, 'Names that do not show what the newest record says'),
  error: v.exactOptional(failure),
});

const channel = v.strictObject({
  channel: v.string(),
  generation: described(natural, '0 for a channel without release'),
  run: v.exactOptional(v.string()),
  kind: v.exactOptional(kind),
  at: v.exactOptional(time),
  by: v.exactOptional(v.string()),
  job: v.exactOptional(job),
  source: v.exactOptional(v.string()),
  floor: v.exactOptional(
    described(v.strictObject({ commit: v.string(), time }), 'The newest commit: nothing older is published'),
  ),
  from: v.exactOptional(taken),
  wave: v.exactOptional(wave),
  frozen: v.exactOptional(described(v.string(), 'Why it is frozen')),
  blocked: described(names, 'Commits that were rolled back'),
  versions: described(names, 'Versions with exactly this content'),
  stores: v.record(v.string(), store),
  artifacts: v.array(
    v.strictObject({ ...artifact.entries, proofs: v.array(proof), stores: v.record(v.string(), name) }),
  ),
  error: v.exactOptional(described(failure, 'What the next publish would be refused for')),
});

const status = v.strictObject({
  schema: v.literal(1),
  project: v.string(),
  asked: described(time, 'When the stores were asked'),
  channels: v.array(channel),
  warnings,
});

const roles = described(
  v.array(v.picklist(['content', 'manifest', 'view', 'proof', 'revision'])),
  'What the digest is of. revision: what Flux reports for a name of a bucket',
);

const place = v.strictObject({
  artifact: v.string(),
  channel: v.string(),
  roles,
  content: digest,
  manifest: digest,
  generations: described(
    v.array(natural),
    'Kept generations that have it, newest first; 0 is what the name showed before slipway',
  ),
  first: described(
    v.strictObject({
      generation: natural,
      kind,
      at: time,
      by: v.exactOptional(v.string()),
      job: v.exactOptional(job),
      source: v.exactOptional(v.string()),
      commit: v.exactOptional(v.string()),
    }),
    'The oldest of them',
  ),
  live: described(names, "Stores where it is what the channel's name shows now"),
});

const claimed = v.strictObject({
  artifact: v.string(),
  version: v.string(),
  roles,
  content: digest,
  manifest: digest,
  at: time,
  by: v.exactOptional(v.string()),
  source: v.exactOptional(v.string()),
  commit: v.exactOptional(v.string()),
});

const whois = v.strictObject({
  schema: v.literal(1),
  project: v.string(),
  digest: described(digest, 'In full'),
  places: v.array(place),
  versions: v.array(claimed),
  stores: v.record(v.string(), v.strictObject({ url, error: v.exactOptional(failure) })),
  warnings,
});

/** The schema that schema/log.json is made of. */
export const logSchema: v.GenericSchema<unknown, ReleaseLog> = schemaOf<ReleaseLog>()(log);
/** The schema that schema/status.json is made of. */
export const statusSchema: v.GenericSchema<unknown, Status> = schemaOf<Status>()(status);
/** The schema that schema/whois.json is made of. */
export const whoisSchema: v.GenericSchema<unknown, Whois> = schemaOf<Whois>()(whois);
