/** `slipway.yaml` as written, once the schema has accepted it. */

import type { Tenant } from '../model.ts';
import type { GateFile } from './gates-settings.ts';
import type { WaveFile } from './waves-settings.ts';

type Names = string | readonly string[];

/** `render:` of an artifact as written. */
export type RenderFile =
  | 'source'
  | 'plain'
  | 'kustomize'
  | 'helm'
  | { readonly kind: 'source' | 'plain' }
  | { readonly kind: 'kustomize'; readonly enableHelm?: boolean }
  | {
      readonly kind: 'helm';
      readonly release?: string;
      readonly namespace?: string;
      readonly values?: Names;
      readonly kubeVersion?: string;
      readonly apiVersions?: readonly string[];
    }
  | { readonly kind: 'command'; readonly run: readonly string[]; readonly env?: Readonly<Record<string, string>> };

/** One entry of `artifacts:` as written. */
export interface ArtifactFile {
  readonly name?: string;
  readonly path: string;
  readonly render?: RenderFile;
}

/** One entry of `stores:` as written: a URL, or a URL with parameters beside it. */
export type StoreFile =
  | string
  | {
      readonly url: string;
      readonly region?: string;
      readonly endpoint?: string;
      readonly layout?: 'object' | 'tarball' | 'tree' | 'registry';
      readonly insecure?: boolean;
      readonly profile?: string;
      readonly ca?: string;
      readonly owner?: string;
      readonly sse?: 'AES256' | 'aws:kms';
      readonly 'kms-key'?: string;
      readonly 'accept-unsafe'?: boolean;
      readonly consumer?: StoreConsumerFile;
    };

/** `consumer:` of a store as written. */
export interface StoreConsumerFile {
  readonly endpoint?: string;
  readonly bucket?: string;
  readonly region?: string;
  readonly secretRef?: string;
}

/** `consumer:` as written. */
export interface ConsumerFile extends StoreConsumerFile {
  readonly namespace?: string;
  readonly interval?: string;
  readonly insecure?: boolean;
  readonly provider?: 'generic' | 'aws' | 'gcp' | 'azure';
}

/** `sign:` as written; a text names a file or `env://NAME`. */
export interface SignFile {
  readonly key?: string;
  readonly keyless?: true;
  readonly signingConfig?: string;
  readonly command?: readonly string[];
  readonly publicKey?: string;
  readonly legacy?: boolean;
  readonly notation?: { readonly key: string; readonly certificates: string };
}

/** `verify:` as written. */
export interface VerifyFile {
  readonly key?: Names;
  readonly identity?: string;
  readonly identityPattern?: string;
  readonly issuer?: string;
  readonly issuerPattern?: string;
  readonly trustedRoot?: string;
  readonly notation?: { readonly certificates: string; readonly identities?: readonly string[] };
}

/** What a channel may say of its own. */
export interface ChannelFile {
  readonly stores?: readonly string[];
  readonly primary?: string;
  readonly quorum?: 'all' | number;
  readonly verify?: VerifyFile;
  readonly gates?: readonly GateFile[];
  readonly waves?: readonly WaveFile[];
}

/** `check:` as written. */
export interface CheckFile {
  readonly kubernetes?: string;
  readonly flux?: string;
  readonly crds?: readonly string[];
  readonly rules?: Readonly<Record<string, 'off' | 'warn' | 'error'>>;
  readonly commands?: readonly { readonly name: string; readonly run: readonly string[]; readonly timeout?: number }[];
  readonly images?: 'exist';
}

/** `slipway.yaml` as written. */
export interface ConfigFile {
  readonly version: 1;
  readonly project?: string;
  readonly artifacts: readonly ArtifactFile[];
  readonly stores?: Readonly<Record<string, StoreFile>>;
  readonly primary?: string;
  readonly quorum?: 'all' | number;
  readonly channel?: string;
  readonly channels?: Readonly<Record<string, ChannelFile | null>>;
  readonly sign?: SignFile;
  readonly verify?: VerifyFile;
  readonly gates?: readonly GateFile[];
  readonly check?: CheckFile;
  readonly tenants?: readonly Tenant[];
  readonly consumer?: ConsumerFile;
}
