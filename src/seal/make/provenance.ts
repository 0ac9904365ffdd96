/** SLSA provenance v1 (https://slsa.dev/spec/v1.0/provenance): how the release was made, as predicate of its statement. */
import type { Digest, Provenance, RenderKind, Runner, ToolVersion } from '../../model.ts';
import type { Json } from '../statement.ts';

/** `buildType`: what the parameters of our predicate mean. A new meaning gets a new number. */
export const BUILD_TYPE = 'urn:slipway:build:v1';

/** `buildType` of a statement over what was published before: read back whole and signed, not built. */
export const SIGN_TYPE = 'urn:slipway:sign:v1';

/** One artifact as it was asked for, and what it was made with. */
export interface BuiltArtifact {
  readonly name: string;
  /** As the user wrote it, relative to the source tree. */
  readonly path: string;
  readonly render: RenderKind;
  readonly renderer?: ToolVersion;
  /** Digest over the files that were read for it. */
  readonly input?: Digest;
}

/** What is known about a build. Absent: not known, or not there. Times are ISO 8601 in UTC with whole seconds. */
export interface BuildFacts {
  readonly project: string;
  readonly channel?: string;
  readonly version?: string;
  readonly source: Provenance;
  readonly runner: Runner;
  /** Who vouches for the build, as URI: the CI's workflow or runner. `version` has the versions of what it ran. */
  readonly builder: { readonly id: string; readonly version: Readonly<Record<string, string>> };
  /** This very run, usually the URL of its log. */
  readonly invocation?: string;
  readonly startedOn?: string;
  readonly finishedOn?: string;
  /** Empty when nothing was built. */
  readonly artifacts: readonly BuiltArtifact[];
}

/** An object without its fields that are undefined: JSON has none. */
function present(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const hexOf = (digest: Digest): string => digest.slice('sha256:'.length);

/**
 * The predicate. External parameters are what the user chose, internal ones what the CI told; resolved dependencies are the
 * commit, the inputs whose digest is known, and the renderers. Lists are in byte order of names, whatever order they had.
 */
export function provenancePredicate(facts: BuildFacts): Json {
  const { project, channel, version, source, runner, builder, invocation, startedOn, finishedOn } = facts;
  const artifacts = [...facts.artifacts].sort(byName);
  const parameters = artifacts.map(({ name, path, render }) => ({ name, path, render }));
  return {
    buildDefinition: {
      buildType: artifacts.length === 0 ? SIGN_TYPE : BUILD_TYPE,
      externalParameters: present({ project, channel, version, artifacts: parameters }),
      internalParameters: { ...runner },
      resolvedDependencies: [...sourceOf(source), ...inputsOf(artifacts), ...renderersOf(artifacts)],
    },
    runDetails: {
      builder: { id: builder.id, version: { ...builder.version } },
      metadata: present({ invocationId: invocation, startedOn, finishedOn }),
    },
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

/** The commit, in the form of GitHub's provenance: `git+URL@REF`. Uncommitted changes are said, not hidden. */
function sourceOf({ source, commit, ref, dirty }: Provenance): readonly Json[] {
  if (source === undefined && commit === undefined) return [];
  const uri = source === undefined ? undefined : `git+${source}${ref === undefined ? '' : `@${ref}`}`;
  const digest = commit === undefined ? undefined : { gitCommit: commit };
  return [present({ name: 'source', uri, digest, annotations: dirty ? { dirty } : undefined })];
}

function inputsOf(artifacts: readonly BuiltArtifact[]): readonly Json[] {
  return artifacts.flatMap(({ path, input }) =>
    input === undefined ? [] : [{ name: path, digest: { sha256: hexOf(input) } }],
  );
}

/** Each program once, as package URL: what took part in making content is a dependency of it. */
function renderersOf(artifacts: readonly BuiltArtifact[]): readonly Json[] {
  const uris = artifacts.flatMap(({ renderer }) =>
    renderer === undefined
      ? []
      : [`pkg:generic/${encodeURIComponent(renderer.name)}@${encodeURIComponent(renderer.version)}`],
  );
  return [...new Set(uris)].sort().map((uri) => ({ uri }));
}
