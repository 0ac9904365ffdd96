/** What is different from what was planned, in words. */
import type { Expectation, ExpectedArtifact, ExpectedStore } from '../model.ts';

const short = (value: string): string =>
  value.startsWith('sha256:') ? `${value.slice(0, 'sha256:'.length + 12)}…` : value.slice(0, 12);

/** `what was "a", is "b"`; nothing where both are equal. */
function differs(what: string, then: string | undefined, now: string | undefined): readonly string[] {
  if (then === now) return [];
  const shown = (value: string | undefined): string => (value === undefined ? 'nothing' : `"${value}"`);
  return [`${what} was ${shown(then)}, is ${shown(now)}`];
}

const shortly = (value: string | undefined): string | undefined => (value === undefined ? undefined : short(value));

function sourceMoves(then: Expectation['source'], now: Expectation['source']): readonly string[] {
  return [
    ...differs('source', then.source, now.source),
    ...differs('the commit of the source', shortly(then.commit), shortly(now.commit)),
    ...differs('the working tree', then.dirty ? 'dirty' : 'clean', now.dirty ? 'dirty' : 'clean'),
  ];
}

type Built = Expectation['built'];

/** Another renderer says more than what it made. */
function buildMoves(then: Built, now: Built): readonly string[] {
  const is = new Map(now.map((one) => [one.name, one]));
  const was = new Map(then.map((one) => [one.name, one]));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [before, after] = [was.get(name), is.get(name)];
    const renderer = differs(`the renderer of artifact "${name}"`, before?.renderer, after?.renderer);
    if (renderer.length > 0 && before !== undefined && after !== undefined) return renderer;
    return differs(`the content of artifact "${name}"`, shortly(before?.content), shortly(after?.content));
  });
}

type Place = Pick<ExpectedStore, 'generation' | 'run'>;

function recordMove(name: string, then: Place | undefined, now: Place | undefined): readonly string[] {
  const at = (place: Place | undefined): string | undefined =>
    place && (place.run === undefined ? 'empty' : `generation ${place.generation} by run ${short(place.run)}`);
  return differs(`the channel in store "${name}"`, at(then), at(now));
}

/** What is different in the newest records of the stores. */
export function recordMoves(then: Expectation['stores'], now: Readonly<Record<string, Place>>): readonly string[] {
  return Object.keys({ ...then, ...now }).flatMap((name) => recordMove(name, then[name], now[name]));
}

function storeMoves(then: Expectation['stores'], now: Expectation['stores']): readonly string[] {
  return Object.keys({ ...then, ...now }).flatMap((name) => storeMove(name, then[name], now[name]));
}

function storeMove(name: string, then: ExpectedStore | undefined, now: ExpectedStore | undefined): readonly string[] {
  const record = recordMove(name, then, now);
  if (record.length > 0) return record;
  const state = differs(`store "${name}"`, then?.state, now?.state);
  if (state.length > 0) return state;
  const list = (names: readonly string[] | undefined): string => JSON.stringify(names ?? []);
  const names = [
    ...new Set([...(then?.gets ?? []), ...(now?.gets ?? []), ...(then?.moves ?? []), ...(now?.moves ?? [])]),
  ].filter(
    (artifact) =>
      then?.gets.includes(artifact) !== now?.gets.includes(artifact) ||
      then?.moves.includes(artifact) !== now?.moves.includes(artifact),
  );
  if (list(then?.gets) === list(now?.gets) && list(then?.moves) === list(now?.moves)) return [];
  return [`what store "${name}" has of ${names.map((artifact) => `"${artifact}"`).join(', ')}`];
}

const described = (one: ExpectedArtifact | undefined): string | undefined => one && JSON.stringify(one, keys);
const keys: string[] = ['name', 'content', 'manifest', 'commit', 'changed', 'orphan'];

function artifactMoves(
  where: string,
  then: readonly ExpectedArtifact[] = [],
  now: readonly ExpectedArtifact[] = [],
): readonly string[] {
  const was = new Map(then.map((one) => [one.name, one]));
  const is = new Map(now.map((one) => [one.name, one]));
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((name) => described(was.get(name)) !== described(is.get(name)))
    .map((name) => `artifact "${name}" of the ${where}`);
}

/** Everything that differs, the causes first; what only follows from them is not told besides. */
export function moved(then: Expectation, now: Expectation): readonly string[] {
  const causes = [
    ...sourceMoves(then.source, now.source),
    ...buildMoves(then.built, now.built),
    ...storeMoves(then.stores, now.stores),
  ];
  if (causes.length > 0) return causes;
  return [
    ...artifactMoves('release', then.artifacts, now.artifacts),
    ...artifactMoves('version', then.claimed, now.claimed),
    ...differs('the outcome', then.outcome, now.outcome),
    ...differs('the kind of record', then.kind, now.kind),
    ...differs('the generation', String(then.generation), String(now.generation)),
  ];
}
