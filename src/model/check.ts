/** What the checks are told: settings of `slipway.yaml`, with paths absolute. */

/** Programs that look at rendered manifests too (`check.commands`). */
export interface PolicyCommand {
  readonly name: string;
  /** The program and its arguments; no shell. It gets the artifact's manifests on standard input. */
  readonly run: readonly string[];
  /** How long it may take for one artifact, in seconds. */
  readonly timeoutSeconds: number;
}

/**
 * What the artifacts of one tenant may hold (an entry of `tenants:`). In patterns `*` stands for any characters. An artifact
 * belongs to the first tenant that has a pattern for its name; what belongs to none is the platform's, and may hold anything.
 */
export interface Tenant {
  readonly name: string;
  /** Patterns of artifact names. */
  readonly artifacts: readonly string[];
  /** Patterns of the namespaces that its objects live in. */
  readonly namespaces: readonly string[];
  /** Where objects without a namespace land: `spec.targetNamespace` of the Kustomization that reads its artifacts. */
  readonly targetNamespace?: string;
  /** Patterns `KIND` and `GROUP/KIND` of namespaced kinds; all unless told. What is denied is not allowed. */
  readonly kinds?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  /** Patterns of cluster-scoped kinds; none unless told. Of Namespaces only its own. */
  readonly clusterScoped?: readonly string[];
  /** Patterns of service accounts that its Flux objects may act as; any of their own namespace unless told. */
  readonly serviceAccounts?: readonly string[];
  /** Patterns `KIND/NAMESPACE/NAME` of objects in other namespaces that its Flux objects may refer to; none unless told. */
  readonly references?: readonly string[];
  /** Its Flux objects may work on other clusters, by `spec.kubeConfig`. */
  readonly remoteClusters?: boolean;
}

/** A file or folder with CustomResourceDefinitions (`check.crds`). */
export interface CrdSource {
  /** Absolute. */
  readonly path: string;
  /** As written. */
  readonly shown: string;
}

/** `check:` and `tenants:` of `slipway.yaml`. */
export interface CheckSettings {
  /** Absolute folder that policy commands run in. */
  readonly root: string;
  /** Minor versions such as `1.34` and `2.8`; undefined is the newest known. */
  readonly kubernetes?: string;
  readonly flux?: string;
  readonly crds: readonly CrdSource[];
  /** Rules by id, with what they are set to. */
  readonly rules: Readonly<Record<string, 'off' | 'warn' | 'error'>>;
  readonly commands: readonly PolicyCommand[];
  readonly tenants: readonly Tenant[];
  /** Ask the registries whether the images are there. */
  readonly images?: 'exist';
}
