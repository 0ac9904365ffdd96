/** What becomes of API versions. */
import { fluxBundle, kubernetesBundle } from './bundle.ts';
import { endingOf } from './endings.ts';
import { hasVersion, type KindName, type Known } from './kinds.ts';

/**
 * What becomes of an API version. `removed`: the target does not have it any more; `deprecated`: it will go; `future`: it
 * comes with a later version than the target. `since` is the version of `product` in which that happened.
 */
export interface Lifecycle {
  readonly state: 'removed' | 'deprecated' | 'future';
  readonly product: 'Kubernetes' | 'Flux';
  readonly since: string;
  readonly removedIn?: string;
  readonly replacement?: KindName;
}

/** A kind whose lifecycle is asked for, with what the target knows. */
export interface Asked extends KindName {
  /** Position of the target among the bundle's versions. */
  readonly target: number;
  readonly served: Known | undefined;
  /** Other API versions in which the target serves the kind, the best first. */
  readonly others: readonly string[];
}

/** Gone or still to come, as the bundle's versions show. `served` has an entry for each of them. */
function bundled(
  versions: readonly string[],
  served: readonly boolean[],
  target: number,
): Pick<Lifecycle, 'state' | 'since'> | undefined {
  if (served[target] === true) return undefined;
  const last = served.lastIndexOf(true, target);
  if (last !== -1) return { state: 'removed', since: versions[last + 1] ?? '' };
  const next = served.indexOf(true);
  return next === -1 ? undefined : { state: 'future', since: versions[next] ?? '' };
}

function bestOther({ kind, others }: Asked): Pick<Lifecycle, 'replacement'> {
  const [apiVersion] = others;
  return apiVersion === undefined ? {} : { replacement: { apiVersion, kind } };
}

/** Of a kind of Flux. What the release's own CRDs serve is neither removed nor in the future. */
export function fluxLifecycle(asked: Asked): Lifecycle | undefined {
  const { apiVersion, kind, target, served } = asked;
  const { versions, crds } = fluxBundle();
  if (served?.deprecated === true) {
    return { state: 'deprecated', product: 'Flux', since: versions[target] ?? '', ...bestOther(asked) };
  }
  if (served !== undefined) return undefined;
  const serving = crds.filter(
    ([, spec]) => spec.kind === kind && spec.versions.some(({ name }) => `${spec.group}/${name}` === apiVersion),
  );
  const history = versions.map((_, index) => serving.some(([bits]) => hasVersion(bits, index)));
  const found = bundled(versions, history, target);
  return found && { product: 'Flux', ...found, ...bestOther(asked) };
}

/** Whether a version such as `1.9` is not later than another. */
function reached(version: string, target: string): boolean {
  return Number(version.split('.')[1]) <= Number(target.split('.')[1]);
}

/** Of a kind of Kubernetes: the bundle decides what is there, the announced endings say the rest. */
export function kubernetesLifecycle(asked: Asked): Lifecycle | undefined {
  const { apiVersion, kind, target, served } = asked;
  const { versions, kinds } = kubernetesBundle();
  const serving = kinds.filter((known) => known[0] === apiVersion && known[1] === kind);
  const history = versions.map((_, index) => serving.some(([, , , , bits]) => hasVersion(bits, index)));
  const ending = endingOf(apiVersion, kind);
  const product = 'Kubernetes';
  const replacement = ending?.replacement === undefined ? bestOther(asked) : { replacement: ending.replacement };
  const found = bundled(versions, history, target);
  if (found !== undefined) return { product, ...found, ...replacement };
  if (ending === undefined) return undefined;
  const { deprecatedIn, removedIn } = ending;
  const now = versions[target] ?? '';
  if (served === undefined) {
    const gone = removedIn !== undefined && reached(removedIn, now);
    return gone ? { state: 'removed', product, since: removedIn, ...replacement } : undefined;
  }
  if (!reached(deprecatedIn, now)) return undefined;
  return { state: 'deprecated', product, since: deprecatedIn, ...(removedIn && { removedIn }), ...replacement };
}
