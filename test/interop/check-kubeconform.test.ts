/** Needs SLIPWAY_DATA. kubeconform, with JSON schemas that share nothing with ours, and slipway look at the same objects. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import type { Finding } from '../../src/model.ts';
import { type ApiServer, type Sending, startApiServer } from './check/api-server.ts';
import { CONVERTER_VERDICTS } from './check/converter-verdicts.ts';
import { fleetObjects, manifestsIn, seeds } from './check/corpus.ts';
import { conform, type Verdict, writeSchemas } from './check/kubeconform.ts';
import type { Manifest } from './check/manifest.ts';
import { type Mutant, mutantsOf } from './check/mutants.ts';
import { errorsOf, SERVER_RULES } from './check/verdict.ts';
import { closing } from './closing.ts';
import { folder } from './folder.ts';

/** What both can know: how YAML is read, and what schemas say. */
const SCHEMA_RULES = ['yaml', 'schema'];
const AT_ONCE = 8;
const NEWEST = { kubernetes: '1.36', flux: '2.9' };

/** What kubeconform says of objects for a version. */
async function verdictsOf(objects: readonly Manifest[], targets: typeof NEWEST): Promise<readonly Verdict[]> {
  await using work = await folder();
  const [schemas, files] = [join(work.path, 'schemas'), join(work.path, 'objects')];
  await mkdir(files);
  await writeSchemas(schemas, targets);
  return await conform(objects, schemas, files);
}

describe('the converter of JSON schemas', () => {
  test('makes schemas that judge as people judge', async () => {
    const verdicts = await verdictsOf(
      CONVERTER_VERDICTS.flatMap(({ manifest }) => manifestsIn(manifest)),
      NEWEST,
    );
    expect(verdicts.map(({ status }, index) => ({ ...CONVERTER_VERDICTS[index], status }))).toEqual(
      CONVERTER_VERDICTS.map((row) => ({ ...row, status: row.valid ? 'valid' : 'invalid' })),
    );
    expect(CONVERTER_VERDICTS.length).toBeGreaterThanOrEqual(20);
  });
});

const UNASKED: Verdict = { status: 'error', message: 'not asked' };

/** What both say, in a line. */
function described({ object, theirs, ours, operation = 'as it is', path = [] }: Judged & Partial<Mutant>): string {
  const errors = ours.map(({ rule, path: field, message }) => `${rule} at ${field}: ${message}`).join('; ');
  const place = theirs.message.replace(/^.*#'/s, '').replaceAll(/\s+/g, ' ');
  return `${object.kind} ${object.metadata.name} (${operation} ${path.join('.')}): ${errors} | ${theirs.status}${place}`;
}

const isUnknown = ({ status, message }: Verdict): boolean =>
  status === 'error' && message.startsWith('could not find schema');

describe('objects of the public fleets, and one of each kind', () => {
  const VERSIONS = ['1.28', '1.29', '1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'];
  const FLUX = ['2.6', '2.7', '2.8', '2.9'];
  const targets = VERSIONS.map((kubernetes, index) => ({ kubernetes, flux: FLUX[index % FLUX.length] ?? '' }));

  test.each(targets)('are judged alike for Kubernetes $kubernetes and Flux $flux', async (target) => {
    const objects = [...fleetObjects(), ...seeds()];
    const verdicts = await verdictsOf(objects, target);
    const errors = await errorsOf(objects, target, SCHEMA_RULES);
    const known = objects.map((object, index) => ({
      object,
      theirs: verdicts[index] ?? UNASKED,
      ours: errors[index] ?? [],
    }));
    const judged = known.filter(({ theirs }) => !isUnknown(theirs));
    expect(judged.length).toBeGreaterThan(100);
    const different = judged.filter(({ theirs, ours }) => (theirs.status === 'valid') !== (ours.length === 0));
    expect(different.map(described)).toEqual([]);
  });
});

interface Judged {
  readonly object: Manifest;
  readonly theirs: Verdict;
  /** By what both can know. */
  readonly ours: readonly Finding[];
}

interface Compared extends Mutant, Judged {
  /** By all that the API server knows. */
  readonly all: readonly Finding[];
}

interface Difference {
  readonly reason: string;
  readonly is: (compared: Compared) => boolean;
}

/** Slipway refuses, by one rule alone and in these words. */
const refusedBy =
  (rule: string, words: RegExp): Difference['is'] =>
  ({ ours }) =>
    ours.some((finding) => finding.rule === rule && words.test(`${finding.message} ${finding.expected}`));

/** Kubeconform refuses, in these words. */
const refusedByThem =
  (words: RegExp): Difference['is'] =>
  ({ ours, theirs }) =>
    ours.length === 0 && words.test(theirs.message);

/** Where the verdicts differ, and why. The first reason that fits counts, and the API server is asked about each difference. */
const DIFFERENCES: readonly Difference[] = [
  {
    reason: 'a list whose items have keys holds a key twice: the server merges by keys, JSON schemas know none',
    is: refusedBy('schema/duplicate', /again/),
  },
  {
    reason: 'a CEL rule of a CRD is broken: JSON schemas have no CEL',
    is: refusedBy('schema/rule', /breaks a rule/),
  },
  {
    reason: 'the schema in a CRD is not structural: the JSON schema of CRDs takes every schema',
    is: refusedBy('schema/crd', /CRD/),
  },
  {
    reason: 'a required field is empty: Go cannot tell "", 0 and [] from an absent field, and the server refuses them',
    is: refusedBy('schema/missing', /is empty/),
  },
  {
    reason: 'a field is missing that the OpenAPI document calls optional and the server demands',
    is: refusedBy('schema/missing', /is missing/),
  },
  {
    reason: 'a quantity is no quantity: the OpenAPI document says text or number',
    is: refusedBy('schema/value', /a quantity/),
  },
  {
    reason: 'a number does not fit into 32 bits: the JSON schema has the format and does not assert it',
    is: refusedBy('schema/value', /an integer of 32 bits/),
  },
  {
    reason: 'a word is none of those the server knows: the OpenAPI document lists them in prose',
    is: refusedBy('schema/value', /one of/),
  },
  {
    reason: 'a number is beyond the bounds that the server has and the OpenAPI document has not',
    is: refusedBy('schema/value', /at (?:least|most) /),
  },
  {
    reason: 'text does not have the form that the server demands and the OpenAPI document does not tell',
    is: refusedBy('schema/value', /./),
  },
  {
    reason: 'null in a list or map, or for a required field whose empty value is good: Go reads the empty value',
    is: refusedByThem(/got null, want/),
  },
  {
    reason: 'a required field is absent whose empty value is good for the server',
    is: refusedByThem(/missing propert/),
  },
];

const reasonOf = (compared: Compared): string =>
  DIFFERENCES.find(({ is }) => is(compared))?.reason ?? described(compared);

describe('objects with one field changed', () => {
  let compared: readonly Compared[] = [];
  let server: ApiServer | undefined;
  const atEnd = closing();
  const differing = (): readonly Compared[] =>
    compared.filter(({ theirs, ours }) => (theirs.status === 'valid') !== (ours.length === 0));

  beforeAll(async () => {
    server = await startApiServer(NEWEST.flux);
    atEnd(server.stop);
    // Every fifth: all operations on fields of all kinds.
    const mutants = seeds()
      .flatMap((seed) => [...mutantsOf(seed)])
      .filter((_, index) => index % 5 === 0);
    const objects = mutants.map(({ object }) => object);
    const verdicts = await verdictsOf(objects, NEWEST);
    const all = await errorsOf(objects, NEWEST, SERVER_RULES);
    compared = mutants.map((mutant, index) => {
      const errors = all[index] ?? [];
      const ours = errors.filter(({ rule }) => SCHEMA_RULES.includes(rule.split('/')[0] ?? ''));
      return { ...mutant, theirs: verdicts[index] ?? { status: 'error', message: 'none' }, ours, all: errors };
    });
  });

  test('are judged alike, or differ for a reason', () => {
    expect(compared.length).toBeGreaterThan(2_000);
    const reasons = differing().map(reasonOf);
    const counts = DIFFERENCES.map(({ reason }) => `${reasons.filter((each) => each === reason).length} x ${reason}`);
    console.log(`${compared.length} changed objects, ${reasons.length} judged differently:\n${counts.join('\n')}`);
    // Nothing differs without a reason, and no reason is left that nothing differs for.
    expect([...new Set(reasons)].sort()).toEqual(DIFFERENCES.map(({ reason }) => reason).sort());
  });

  test('are judged as the API server judges where they are judged differently', async () => {
    const answers = await eachLimit(differing(), AT_ONCE, async (each) => {
      const accepts = async (sending: Sending): Promise<boolean> =>
        (await server?.ask(each.object, sending))?.accepted === true;
      // Server-side apply takes the lowest 32 bits of a larger number without a word.
      const accepted = (await accepts('apply')) && (each.operation !== 'beyond 32 bits' || (await accepts('create')));
      return accepted === (each.all.length === 0)
        ? []
        : [`${described(each)}: the server ${accepted ? 'accepts' : 'refuses'}`];
    });
    expect(answers.flat()).toEqual([]);
  });
});
