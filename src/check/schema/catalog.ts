/** Which kinds there are, and their schemas: those of Kubernetes, of Flux, and of the CRDs that a release brings. */
import { groupOf } from '../object.ts';
import { fluxBundle, kubernetesBundle } from './bundle.ts';
import { type CrdProblem, readCrd } from './crd.ts';
import { addCrd, hasVersion, type Kinds, type Known, kubernetesKinds, nameOf } from './kinds.ts';
import { fluxLifecycle, kubernetesLifecycle, type Lifecycle } from './lifecycle.ts';
import type { Schema } from './schema.ts';
import { versionIndex } from './versions.ts';

/** What the release is for: minor versions such as `1.34` and `2.8`. */
export interface Targets {
  readonly kubernetes: string;
  readonly flux: string;
}

/** The newest versions that schemas are bundled for; the generator of the bundle is compared with them. */
export const NEWEST: Targets = { kubernetes: '1.36', flux: '2.9' };

/** Looks kinds up. */
export interface Catalog {
  /** The schema of a kind that the target serves, or undefined. */
  find(apiVersion: string, kind: string): Schema | undefined;
  /** Whether objects of the kind live in namespaces; undefined for unknown kinds. */
  namespaced(apiVersion: string, kind: string): boolean | undefined;
  /** The API versions in which the target serves a kind, of one group or of all; the most stable first. */
  versionsOf(kind: string, group?: string): readonly string[];
  /** The kinds that the target serves in an API version. */
  kindsIn(apiVersion: string): readonly string[];
  /** The end (or the beginning, where it lies ahead) of an API version, or undefined where nothing is to be said. */
  lifecycle(apiVersion: string, kind: string): Lifecycle | undefined;
  /** Adds the kinds that CRDs define, over Flux's bundled ones; answers what is wrong with them. */
  add(crds: readonly unknown[]): readonly CrdProblem[];
}

/** v2 before v1, v1 before v1beta2 before v1beta1 before v1alpha1. */
function byMaturity(a: string, b: string): number {
  const rank = (apiVersion: string): number => {
    const [, major = '0', stage, minor = '0'] = /v(\d+)(?:(alpha|beta)(\d+))?$/.exec(apiVersion) ?? [];
    const stages = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
    return stages * 10_000 + Number(major) * 100 + Number(minor);
  };
  return rank(b) - rank(a) || (a < b ? -1 : 1);
}

function fluxKinds(target: number, objectMeta: () => Schema): Kinds {
  const kinds: Kinds = new Map();
  for (const [bits, spec] of fluxBundle().crds) if (hasVersion(bits, target)) addCrd(kinds, spec, objectMeta);
  return kinds;
}

function versionsIn(all: readonly Kinds[], kind: string, group: string | undefined): readonly string[] {
  return all
    .flatMap((kinds) => [...kinds.values()])
    .filter((known) => known.kind === kind && (group === undefined || groupOf(known.apiVersion) === group))
    .map(({ apiVersion }) => apiVersion)
    .sort(byMaturity);
}

/** The catalog for a target. Throws `CONFIG` for a version that no schemas are bundled for. */
export function openCatalog({ kubernetes, flux }: Targets): Catalog {
  const versions = { kubernetes: kubernetesBundle().versions, flux: fluxBundle().versions };
  const target = {
    kubernetes: versionIndex(kubernetes, versions.kubernetes, {
      product: 'Kubernetes',
      key: 'check.kubernetes',
      flag: '--kubernetes',
    }),
    flux: versionIndex(flux, versions.flux, { product: 'Flux', key: 'check.flux', flag: '--flux' }),
  };
  const { kinds: own, objectMeta } = kubernetesKinds(target.kubernetes);
  const custom = fluxKinds(target.flux, objectMeta);
  const known = (apiVersion: string, kind: string): Known | undefined =>
    own.get(nameOf(apiVersion, kind)) ?? custom.get(nameOf(apiVersion, kind));
  return {
    find: (apiVersion, kind) => known(apiVersion, kind)?.schema(),
    namespaced: (apiVersion, kind) => known(apiVersion, kind)?.namespaced,
    versionsOf: (kind, group) => versionsIn([own, custom], kind, group),
    kindsIn: (apiVersion) =>
      [...own.values(), ...custom.values()].filter((other) => other.apiVersion === apiVersion).map(({ kind }) => kind),
    lifecycle(apiVersion, kind) {
      const group = groupOf(apiVersion);
      const others = versionsIn([own, custom], kind, group).filter((other) => other !== apiVersion);
      const asked = { apiVersion, kind, served: known(apiVersion, kind), others };
      return group.endsWith('.fluxcd.io')
        ? fluxLifecycle({ ...asked, target: target.flux })
        : kubernetesLifecycle({ ...asked, target: target.kubernetes });
    },
    add(crds) {
      return crds.flatMap((document) => {
        const { spec, problems } = readCrd(document);
        if (spec !== undefined) addCrd(custom, spec, objectMeta);
        return problems;
      });
    },
  };
}
