/** What `slipway plan` and `slipway publish --plan` can be told. */
import type { PublishOptions } from './resolve.ts';

/** What `slipway plan` can be told. */
export interface PlanOptions extends PublishOptions {
  /** File for the plan. */
  readonly out?: string | undefined;
  /** Folder for what was built. */
  readonly built?: string | undefined;
}

/** What `slipway publish --plan` can be told. */
export interface PlannedOptions extends PublishOptions {
  /** The plan file. */
  readonly plan: string;
  /** Folder with what was built; absent: it is built again. */
  readonly built?: string | undefined;
}

/** What `slipway publish` can be told, with or without a plan. */
export interface LaterPublishOptions extends PublishOptions {
  readonly plan?: string | undefined;
  readonly built?: string | undefined;
}
