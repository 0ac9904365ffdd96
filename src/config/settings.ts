/** What the doors hand to the wiring: options and `slipway.yaml` merged, checked, with every path absolute. */
import type { ArtifactPlan, CheckSettings } from '../model.ts';
import type { ConsumerSettings } from './consumer.ts';
import type { GateSettings } from './gates-settings.ts';
import type { SealSettings } from './seal-settings.ts';

/** How a bucket shows an artifact to a Flux Bucket. */
export type Layout = 'object' | 'tarball' | 'tree';

/** What may be asked of a bucket: one of the layouts, or to be a registry itself. */
export type BucketLayout = Layout | 'registry';

interface StoreBase {
  readonly name: string;
  /** The URL as configured; never holds a credential. */
  readonly url: string;
}

/** `oci://host/path`. `repository` may hold `{artifact}`. */
export interface RegistrySpec extends StoreBase {
  readonly kind: 'registry';
  readonly host: string;
  readonly repository: string;
  /** Plain HTTP; automatic on loopback. */
  readonly insecure: boolean;
  /** Absolute path of a PEM bundle to trust besides the system's. */
  readonly ca?: string;
}

/** `file:DIR`: one OCI image layout per repository. */
export interface LayoutSpec extends StoreBase {
  readonly kind: 'oci-layout';
  /** Absolute. */
  readonly root: string;
}

/** `s3://bucket/prefix`. Without `layout` it follows the artifact's render. `prefix` is empty or ends with a slash. */
export interface BucketSpec extends StoreBase {
  readonly kind: 's3';
  readonly bucket: string;
  readonly prefix: string;
  readonly layout?: BucketLayout;
  readonly region?: string;
  readonly endpoint?: string;
  /** Without `endpoint`: whether the environment may name one with plain HTTP. */
  readonly insecure?: boolean;
  readonly profile?: string;
  readonly ca?: string;
  /** Account that has to own the bucket: twelve digits. */
  readonly owner?: string;
  /** How the store encrypts what is written. Default: what the bucket does by itself. */
  readonly sse?: 'AES256' | 'aws:kms';
  /** With `sse` `aws:kms`: id or ARN of the key. */
  readonly kmsKey?: string;
  /** Publish although create-only writes are not atomic here: the CI runs one publisher at a time. */
  readonly acceptUnsafe?: boolean;
  /** How clusters reach it, where the config says. */
  readonly consumer?: ConsumerSettings;
}

/** `file:DIR?layout=…`: a bucket as a directory. */
export interface DirectorySpec extends StoreBase {
  readonly kind: 'directory';
  /** Absolute. */
  readonly root: string;
  readonly layout: Layout;
  /** How clusters reach the bucket that it is copied to, where the config says. */
  readonly consumer?: ConsumerSettings;
}

export type StoreSpec = RegistrySpec | LayoutSpec | BucketSpec | DirectorySpec;

/** What `slipway publish` works on. At least one of `channel` and `version` is set. */
export interface PublishSettings {
  readonly project: string;
  readonly channel?: string;
  readonly version?: string;
  /** The artifacts of this run, in config order. */
  readonly artifacts: readonly ArtifactPlan[];
  /** Names of all artifacts the config lists; what a record has besides becomes an orphan. Absent without a config. */
  readonly listed?: readonly string[];
  readonly stores: readonly StoreSpec[];
  /** A store's name. */
  readonly primary: string;
  /** How many stores must hold everything before a record is made. */
  readonly quorum: number;
  readonly allowed: readonly string[];
  readonly adopt: boolean;
  readonly dryRun: boolean;
  /** Absolute folder whose Git repository the provenance is taken from. */
  readonly root: string;
  readonly check: CheckSettings;
  readonly seal: SealSettings;
  /** Who is asked before the release is recorded, in this order. */
  readonly gates: readonly GateSettings[];
}
