/** Artifacts on their way from files to content. */
import type { Failure } from './receipt.ts';

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** Names bytes by what they are (OCI image-spec v1.1 descriptor). `size` is in bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** A file of an artifact. `path` is relative, POSIX, UTF-8, without `.` or `..` segments. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** How an artifact's files become what the consumer reads (see docs/config.md). */
export type RenderPlan =
  | { readonly kind: 'source' }
  | { readonly kind: 'plain' }
  | { readonly kind: 'kustomize'; readonly enableHelm?: boolean }
  | {
      readonly kind: 'helm';
      readonly release: string;
      readonly namespace?: string;
      /** Value files, absolute. */
      readonly values: readonly string[];
      readonly kubeVersion?: string;
      readonly apiVersions: readonly string[];
    }
  | { readonly kind: 'command'; readonly run: readonly string[]; readonly env: Readonly<Record<string, string>> };

export type RenderKind = RenderPlan['kind'];

/** One artifact to build: `root` is the absolute folder (or file), `shown` the same path as the user wrote it. */
export interface ArtifactPlan {
  readonly name: string;
  readonly root: string;
  readonly shown: string;
  readonly render: RenderPlan;
}

/** An artifact's files as they lie on disk, ignore rules applied, in byte order of their paths. */
export interface Loaded {
  readonly artifact: ArtifactPlan;
  readonly files: readonly SourceFile[];
}

/** A program that took part in making content. */
export interface ToolVersion {
  readonly name: string;
  readonly version: string;
}

/** Keys and list positions (from 0) from an object's root to one of its fields. */
export type FieldPath = readonly (string | number)[];

/**
 * A place in a rendered file. `line`, `column` and `documentLine`, where its document begins, count from 1; line 0 is the
 * file as a whole.
 */
export interface RenderedPlace {
  /** Path in the artifact. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly documentLine: number;
  /** The object that the place is in. */
  readonly object?: { readonly kind: string; readonly name: string; readonly namespace?: string };
  /** The field of the object. */
  readonly field?: FieldPath;
}

/** A place as people find it: the file's path begins like the artifact's as the user wrote it. Both count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The file is no source: it is what the consumer reads (`NAME.yaml` of `slipway build --out`, or a pulled file). */
  readonly rendered?: true;
}

/** Leads from what was rendered to what was written; to the rendered file itself where that cannot be told. */
export type Origins = (place: RenderedPlace) => SourcePlace;

/** Where two runs of a renderer on the same files differ: the first such line, and what each run made of it. */
export interface Drift {
  /** From 1, in the first run's output. */
  readonly line: number;
  readonly first: string;
  readonly second: string;
}

/** Why an artifact could not be rendered. `sources` are YAML files, by their names as the user would write them. */
export interface RenderFailure extends Failure {
  readonly code: 'SOURCE' | 'INVALID' | 'RENDER';
  readonly sources: readonly SourceFile[];
}

/** What the consumer will read: the source files, or one `manifests.yaml`. `resources` counts Kubernetes objects. */
export interface Rendered {
  readonly artifact: ArtifactPlan;
  readonly files: readonly SourceFile[];
  readonly resources: number;
  readonly origins: Origins;
  readonly renderer?: ToolVersion;
  /** Digest over the files that were read, where slipway itself read them: of lines `<sha256>  <path>` in byte order of paths. */
  readonly input?: Digest;
  /** There when the artifact was rendered twice and did not come out the same. */
  readonly drift?: Drift;
  /** There when the artifact could not be rendered: it has no files then. */
  readonly failure?: RenderFailure;
}

/** What was rendered, with what the checks found. */
export interface Checked extends Rendered {
  readonly findings: readonly Finding[];
}

/** One result of a check. `line` and `column` count from 1. */
export interface Finding {
  readonly rule: string;
  readonly severity: 'warn' | 'error';
  readonly artifact: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The file is no source: it is what the consumer reads (`NAME.yaml` of `slipway build --out`, or a pulled file). */
  readonly rendered?: true;
  /** `Deployment payments/api`. */
  readonly object?: string;
  /** The field, as kubectl writes it: `spec.template.spec.containers[0].image`. */
  readonly path?: string;
  /** What is wrong, as a sentence that says everything; never a secret's value. */
  readonly message: string;
  readonly found?: string;
  readonly expected?: string;
  readonly hint?: string;
}

/** How one layout shows content: digest (sha256), md5 (32 hex, what S3 reports as ETag) and size in bytes. */
export interface View {
  readonly digest: Digest;
  readonly md5: string;
  readonly size: number;
}

/** Views by bucket layout. `tarball` is the content itself; `object` exists for rendered artifacts only. */
export interface Views {
  readonly object?: View;
  readonly tarball: View;
}

/** An artifact ready to publish. `content` is the tar+gzip layer; its digest is the artifact's identity. */
export interface Packed {
  readonly name: string;
  readonly render: RenderKind;
  readonly content: Descriptor;
  readonly bytes: Uint8Array;
  readonly views: Views;
  readonly resources: number;
  readonly renderer?: ToolVersion;
  readonly input?: Digest;
  readonly findings: readonly Finding[];
}

/** A pulled artifact: its files, checked against `digest` (the content's). */
export interface Pulled {
  readonly digest: Digest;
  readonly files: readonly SourceFile[];
}
