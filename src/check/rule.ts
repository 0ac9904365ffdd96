/** What a rule is, and how a check says that one is broken. */
import type { FieldPath } from '../model.ts';

/** How bad a breach is. */
export type Severity = 'warn' | 'error';

/** What a rule can be set to in `slipway.yaml`. */
export type Setting = 'off' | Severity;

/** Manifests that show a rule: one file of the artifact `app`, or files by artifact and path, checked with these settings. */
export type Example =
  | string
  | {
      readonly artifacts: Readonly<Record<string, Readonly<Record<string, string>>>>;
      /** `plain` unless said. */
      readonly render?: 'plain' | 'source';
      /** What `slipway.yaml` says beside the artifacts, as YAML. */
      readonly config?: string;
      /** What rendering the one file of the artifact a second time gives. */
      readonly second?: string;
      /** What is published of each artifact already. */
      readonly published?: string;
      /** Why the artifacts cannot be rendered. */
      readonly failure?: string;
      /** What policy commands answer, by their name. */
      readonly answers?: Readonly<Record<string, { readonly exitCode: number; readonly stdout: string }>>;
      /** Whether registries have images, by full reference; about what is not listed they say nothing. */
      readonly images?: Readonly<Record<string, boolean>>;
    };

/** A rule, documented. `docs/rules.md` and `slipway explain` show all of it; a test runs the examples. */
export interface Rule {
  /** `group/name`, for example `image/latest`. */
  readonly id: string;
  /** Its setting where the config says nothing. */
  readonly setting: Setting;
  /** What it demands, in one sentence. */
  readonly summary: string;
  /** What happens to who breaks it, and how Kubernetes or Flux come to that. */
  readonly why: string;
  /** What to do about a finding. */
  readonly fix: string;
  /** Has exactly one finding, of this rule. */
  readonly bad: Example;
  /** Has no finding of this rule. */
  readonly good: Example;
  /** It can neither be switched off nor ignored by an annotation: nothing could read or trust what breaks it. */
  readonly firm?: true;
}

/** A breach, before it is known whose file it is in. Equal documents share their breaches, so nothing here says where. */
export interface Breach {
  readonly rule: string;
  /** The field of the object. Without one the breach is shown at the object's beginning. */
  readonly field?: FieldPath;
  /** What is wrong, as a sentence without a full stop that says everything; never a secret's value. */
  readonly message: string;
  /** What was found and what was expected, as phrases. */
  readonly found?: string;
  readonly expected?: string;
  /** What to do, as an instruction. */
  readonly hint?: string;
}

/** Takes a breach. */
export type Report = (breach: Breach) => void;
