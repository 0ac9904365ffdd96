/** Signing configs: which services of a Sigstore sign (protobuf-specs 0.5.2 `sigstore_trustroot.proto` SigningConfig v0.2). */
import * as v from 'valibot';
import { SlipwayError } from '../../errors.ts';
import { describeIssue, instant } from '../trust/proto-json.ts';
import { strictJson } from '../trust/strict-json.ts';

/** The only version that current clients read. */
export const SIGNING_CONFIG_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

/** A service that may be asked, by whom it is run, and from when to when (both included). */
export interface ConfiguredService {
  readonly url: URL;
  readonly version: number;
  readonly operator: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds since 1970; `Infinity` while it lasts. */
  readonly end: number;
}

/** How many services of a kind to use: one, those of every operator, or so many. */
export type Selector =
  | { readonly kind: 'any' }
  | { readonly kind: 'all' }
  | { readonly kind: 'exact'; readonly count: number };

/** The services of a Sigstore instance. */
export interface SigningConfig {
  readonly authorities: readonly ConfiguredService[];
  readonly logs: readonly ConfiguredService[];
  readonly logSelector: Selector;
  readonly timestamps: readonly ConfiguredService[];
  readonly timestampSelector: Selector;
}

const address = v.pipe(
  v.string('expected a URL'),
  v.check((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'expected a URL with http or https'),
);
const whole = v.pipe(v.number('expected a whole number'), v.safeInteger(), v.minValue(0));
const service = v.strictObject({
  url: address,
  majorApiVersion: whole,
  validFor: v.optional(v.strictObject({ start: v.optional(instant), end: v.optional(instant) }), {}),
  operator: v.optional(v.string(), ''),
});
const services = v.optional(v.array(service), []);
const selector = v.optional(
  v.strictObject({
    selector: v.picklist(['ANY', 'ALL', 'EXACT'], 'expected "ANY", "ALL" or "EXACT"'),
    count: v.optional(whole, 0),
  }),
  { selector: 'ANY' },
);
const shape = v.strictObject({
  mediaType: v.literal(SIGNING_CONFIG_TYPE, `expected "${SIGNING_CONFIG_TYPE}"`),
  caUrls: services,
  oidcUrls: services,
  rekorTlogUrls: services,
  rekorTlogConfig: selector,
  tsaUrls: services,
  tsaConfig: selector,
});

/**
 * Reads a `signing_config.json`. Throws `CONFIG` for another version, unknown fields (a misspelt one would otherwise be a
 * service that is silently not used), and values that are none.
 */
export function readSigningConfig(json: Uint8Array): SigningConfig {
  const failure = (state: string): SlipwayError => {
    const hint =
      'take the file from the Sigstore instance to sign with, or make it with "cosign signing-config create"';
    return new SlipwayError('CONFIG', `Cannot use the signing config: ${state}`, { hint });
  };
  let value: unknown;
  try {
    value = strictJson(json);
  } catch (thrown) {
    throw failure((thrown as Error).message);
  }
  const checked = v.safeParse(shape, value);
  if (!checked.success) throw failure(describeIssue(checked.issues[0]));
  const { caUrls, rekorTlogUrls, rekorTlogConfig, tsaUrls, tsaConfig } = checked.output;
  return {
    authorities: caUrls.map(configured),
    logs: rekorTlogUrls.map(configured),
    logSelector: selectorOf(rekorTlogConfig),
    timestamps: tsaUrls.map(configured),
    timestampSelector: selectorOf(tsaConfig),
  };
}

function configured({ url, majorApiVersion, validFor, operator }: v.InferOutput<typeof service>): ConfiguredService {
  const { start, end } = validFor;
  return {
    url: new URL(url),
    version: majorApiVersion,
    operator,
    start: start === undefined ? Number.NEGATIVE_INFINITY : Date.parse(start),
    end: end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end),
  };
}

function selectorOf({ selector: kind, count }: v.InferOutput<typeof selector>): Selector {
  if (kind === 'EXACT') return { kind: 'exact', count: count ?? 0 };
  return { kind: kind === 'ALL' ? 'all' : 'any' };
}
