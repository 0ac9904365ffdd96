/** Needs SLIPWAY_DATA. The API server itself says of thousands of objects whether it takes them; slipway must know it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import type { FieldPath, Finding } from '../../src/model.ts';
import { type Answer, type Sending, startApiServer } from './check/api-server.ts';
import { fleetObjects, objectsBelow, seeds } from './check/corpus.ts';
import type { Manifest } from './check/manifest.ts';
import { mutantsOf, renamed, shuffled, valuesOf } from './check/mutants.ts';
import { errorsOf, SERVER_RULES } from './check/verdict.ts';
import { closing } from './closing.ts';
import { makeFleet } from './data.ts';
import { folder } from './folder.ts';

interface Case {
  readonly operation: string;
  readonly path: FieldPath;
  readonly object: Manifest;
  readonly sending: Sending;
}

interface Compared extends Case {
  readonly answer: Answer;
  readonly errors: readonly Finding[];
}

const AT_ONCE = 8;
/** Most of the refusals that slipway may miss: CEL that does not compile, and a few limits. */
const MAX_MISSED = 0.005;

async function madeFleet(): Promise<readonly Manifest[]> {
  await using fleet = await folder();
  await makeFleet(fleet.path, '--clusters', '1', '--apps', '1', '--form', 'plain');
  return objectsBelow(fleet.path);
}

const asItIs = (object: Manifest): Case => ({ operation: 'as it is', path: [], object, sending: 'apply' });
const changed = (object: Manifest): readonly Case[] =>
  [...mutantsOf(object)].map((mutant) => ({ ...mutant, sending: 'apply' }));

/** The largest object of each kind. */
function largest(objects: readonly Manifest[]): readonly Manifest[] {
  const bySize = objects.toSorted((one, other) => JSON.stringify(one).length - JSON.stringify(other).length);
  return [...new Map(bySize.map((object) => [`${object.apiVersion} ${object.kind}`, object])).values()];
}

/** Objects as they are, then with one field changed, or with another name; equal ones once. */
function casesOf(one: readonly Manifest[], fleets: readonly Manifest[]): readonly Case[] {
  const values = valuesOf([...one, ...fleets]);
  const cases = [
    ...[...one, ...fleets].map(asItIs),
    ...[...one, ...largest(fleets)].flatMap(changed),
    ...one.flatMap((object) => [...shuffled(object, values)].map((mutant): Case => ({ ...mutant, sending: 'apply' }))),
    ...one.flatMap((object) => renamed(object).map((mutant): Case => ({ ...mutant, sending: 'create' }))),
  ];
  return [...new Map(cases.map((each) => [JSON.stringify(each.object), each])).values()];
}

/** What a case is, in a line. */
const named = ({ object, operation, path }: Case): string => `${object.kind} ${operation} ${path.join('.')}`;

/** Misses of one kind and field, whatever was done to it: how many, and what the server said to one of them. */
function classesOf(missed: readonly Compared[]): readonly string[] {
  const classes = new Map<string, Compared[]>();
  for (const miss of missed) {
    const field = miss.path.map((key) => (typeof key === 'number' ? '[]' : key)).join('.');
    const name = `${miss.object.kind} ${field}`;
    classes.set(name, [...(classes.get(name) ?? []), miss]);
  }
  return [...classes].map(([name, found]) => {
    const [example] = found;
    const operations = [...new Set(found.map(({ operation }) => operation))].join(', ');
    return `${found.length} x ${name} (${operations}): ${example?.answer.status} ${example?.answer.message.slice(0, 300)}`;
  });
}

describe('objects as Flux applies them', () => {
  let compared: readonly Compared[] = [];
  const unserved = new Set<string>();
  const atEnd = closing();
  let refuses: (object: Manifest, sending: Sending) => Promise<boolean>;
  /** Server-side apply takes the lowest 32 bits of a larger number without a word, where every other way refuses it. */
  const isCut = ({ operation, object }: Case): Promise<boolean> | false =>
    operation === 'beyond 32 bits' && refuses(object, 'create');

  beforeAll(async () => {
    const cases = casesOf(seeds(), [...fleetObjects(), ...(await madeFleet())]);
    const server = await startApiServer('2.9');
    atEnd(server.stop);
    refuses = async (object, sending) => (await server.ask(object, sending))?.accepted === false;
    const answers = await eachLimit(cases, AT_ONCE, ({ object, sending }) => server.ask(object, sending));
    const errors = await errorsOf(
      cases.map(({ object }) => object),
      { kubernetes: '1.36', flux: '2.9' },
      SERVER_RULES,
    );
    compared = cases.flatMap((each, index): readonly Compared[] => {
      const answer = answers[index];
      if (answer === undefined) unserved.add(each.object.kind);
      return answer === undefined ? [] : [{ ...each, answer, errors: errors[index] ?? [] }];
    });
  }, 240_000);

  test('are many, and of both sorts', () => {
    const refused = compared.filter(({ answer }) => !answer.accepted).length;
    console.log(`${compared.length} objects, ${refused} refused; kinds without a server: ${[...unserved].join(', ')}`);
    expect(compared.length - refused).toBeGreaterThan(2_000);
    expect(refused).toBeGreaterThan(2_000);
  });

  test('have no error where the server accepts them', async () => {
    const accused = compared.filter(({ answer, errors }) => answer.accepted && errors.length > 0);
    const wrong = await eachLimit(accused, AT_ONCE, async (each) => ((await isCut(each)) ? [] : [each]));
    expect(
      wrong.flat().map((each) => `${named(each)}: ${each.errors.map(({ rule, message }) => `${rule} ${message}`)}`),
    ).toEqual([]);
  });

  test('have an error where the server refuses them', () => {
    const refused = compared.filter(({ answer }) => !answer.accepted);
    const missed = refused.filter(({ errors }) => errors.length === 0);
    console.log(`${missed.length} of ${refused.length} refusals are missed\n${classesOf(missed).join('\n')}`);
    expect(missed.length / refused.length).toBeLessThanOrEqual(MAX_MISSED);
  });
});
