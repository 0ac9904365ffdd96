/** What the checks are told: settings of `slipway.yaml`, with paths absolute. */

/** Programs that look at rendered manifests too (`check.commands`). */
export interface PolicyCommand {
  readonly name: string;
  /** The program and its arguments; no shell. It gets the artifact's manifests on standard input. */
  readonly run: readonly string[];
  /** How long it may take for one artifact, in seconds. */
  readonly timeoutSeconds: number;
}

/** What the objects of some artifacts may be (`tenants:`). */
export interface Tenant {
  readonly name: string;
  /** Globs of artifact names. */
  readonly artifacts: readonly string[];
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
