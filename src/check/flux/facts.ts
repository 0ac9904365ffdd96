/** What Flux's own objects say to each other. */
import { type Fields, fieldsOf, isMapping, type KubernetesObject, textOf } from '../object.ts';
import type { ObjectContext } from '../view.ts';
import { jsonOf } from './json.ts';
import { isFlux } from './kinds.ts';

/** A Kustomization of Flux: what it builds, and how. */
export interface SyncFacts {
  readonly source: { readonly kind: string; readonly name: string; readonly namespace: string | undefined };
  /** As written; undefined is the root. */
  readonly path: string | undefined;
  /** Names of its own variables; undefined where it replaces none. */
  readonly variables: readonly string[] | undefined;
  /** More variables come from objects in the cluster. */
  readonly variablesFromCluster: boolean;
  readonly decrypts: boolean;
  /** It leaves files out, or labels objects: what it builds is not what the files say. */
  readonly changesObjects: boolean;
}

/** Facts for the checks of Flux as the consumer. */
export interface FluxFacts {
  readonly sync?: SyncFacts;
  /** What an OCIRepository or a Bucket reads: the URL, or the prefix of keys. */
  readonly source?: { readonly url?: string; readonly prefix?: string };
  /** It patches Kustomizations of others, so that these do not say all about themselves. */
  readonly patches?: { readonly variables: boolean; readonly decryption: boolean };
  /** A Secret that SOPS encrypted, and that Flux is not told to leave alone. */
  readonly encrypted?: true;
  /** Flux replaces no variables in it. */
  readonly literal?: true;
}

const SUBSTITUTE = 'kustomize.toolkit.fluxcd.io/substitute';
const DECRYPT = 'kustomize.toolkit.fluxcd.io/decrypt';

/** The facts of an object, undefined where Flux applies it like any other. */
export function fluxFacts(object: KubernetesObject, _context: ObjectContext): FluxFacts | undefined {
  const facts: FluxFacts = {
    ...(object.apiVersion.includes('fluxcd') && factsOf(object)),
    ...(isEncrypted(object) && { encrypted: true }),
    ...((object.labels[SUBSTITUTE] === 'disabled' || object.annotations[SUBSTITUTE] === 'disabled') && {
      literal: true,
    }),
  };
  return Object.keys(facts).length === 0 ? undefined : facts;
}

function factsOf(object: KubernetesObject): FluxFacts {
  const spec = fieldsOf(object.value.spec);
  if (object.kind === 'FluxInstance') return patchesOf(fieldsOf(spec.kustomize));
  if (!isFlux(object)) return {};
  const { kind } = object;
  if (kind === 'Kustomization') return { sync: syncOf(object, spec), ...patchesOf(spec) };
  if (kind === 'OCIRepository') return { source: { url: textOf(spec.url) ?? '' } };
  return kind === 'Bucket' ? { source: { prefix: textOf(spec.prefix) ?? '' } } : {};
}

function syncOf({ namespace }: KubernetesObject, spec: Fields): SyncFacts {
  const source = fieldsOf(spec.sourceRef);
  const { substitute, substituteFrom } = fieldsOf(spec.postBuild);
  const variables = isMapping(substitute) ? Object.keys(substitute) : undefined;
  return {
    source: {
      kind: textOf(source.kind) ?? '',
      name: textOf(source.name) ?? '',
      namespace: textOf(source.namespace) ?? namespace,
    },
    path: textOf(spec.path),
    variables: variables?.length === 0 ? undefined : variables,
    variablesFromCluster: Array.isArray(substituteFrom) && substituteFrom.length > 0,
    decrypts: spec.decryption !== undefined,
    changesObjects: ['ignore', 'patches', 'components', 'commonMetadata'].some((key) => spec[key] !== undefined),
  };
}

function patchesOf({ patches }: Fields): Pick<FluxFacts, 'patches'> {
  if (!Array.isArray(patches)) return {};
  const text = jsonOf(patches);
  const found = { variables: /substitute|postBuild/.test(text), decryption: text.includes('decryption') };
  return found.variables || found.decryption ? { patches: found } : {};
}

function isEncrypted({ apiVersion, kind, annotations, value }: KubernetesObject): boolean {
  return apiVersion === 'v1' && kind === 'Secret' && value.sops !== undefined && annotations[DECRYPT] !== 'disabled';
}
