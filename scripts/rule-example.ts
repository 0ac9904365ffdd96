/** Runs the examples of rules: for the generated documentation, and for the test of every rule. */
import { CORE_SCHEMA, load } from 'js-yaml';
import { firstDifference } from '../src/build/drift.ts';
import { type CheckOptions, check } from '../src/check/check.ts';
import type { Example, Rule } from '../src/check/rule.ts';
import { NEWEST } from '../src/check/schema/catalog.ts';
import { SlipwayError } from '../src/errors.ts';
import type { CheckSettings, Finding, Rendered } from '../src/model.ts';

/** The artifacts of an example, as rendered. */
function renderedOf(example: Example): readonly Rendered[] {
  if (typeof example === 'string') return renderedOf({ artifacts: { app: { 'manifests.yaml': example } } });
  const { artifacts, render = 'plain', second, failure } = example;
  return Object.entries(artifacts).map(([name, files]) => ({
    artifact: { name, root: `/${name}`, shown: name, render: { kind: render } },
    files: failure === undefined ? filesOf(files) : [],
    resources: 1,
    origins: ({ file, line, column }) => ({ file: `${name}/${file}`, line, column }),
    ...driftOf(Object.values(files)[0] ?? '', second),
    ...(failure !== undefined && { failure: { code: 'RENDER', message: failure, sources: [] } }),
  }));
}

const filesOf = (files: Readonly<Record<string, string>>): Rendered['files'] =>
  Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));

function driftOf(first: string, second: string | undefined): Pick<Rendered, 'drift'> {
  const drift = second === undefined ? undefined : firstDifference(first, second);
  return drift === undefined ? {} : { drift };
}

/** What is published of the artifacts of an example. */
function publishedOf(example: Example): Pick<CheckOptions, 'published'> {
  const text = typeof example === 'string' ? undefined : example.published;
  if (text === undefined) return {};
  const [before] = renderedOf(text).map((rendered) => ({
    ...rendered,
    artifact: { ...rendered.artifact, shown: 'oci://ghcr.io/acme/fleet/app:prod' },
  }));
  return { published: () => before };
}

/** The registries of an example; without any nobody asks. */
function registriesOf(example: Example): Pick<CheckOptions, 'imageExists'> {
  const images = typeof example === 'string' ? undefined : example.images;
  if (images === undefined) return {};
  return {
    async imageExists(reference) {
      const answer = images[reference];
      if (answer !== undefined) return answer;
      throw new SlipwayError('AUTH', `Cannot look for image "${reference}": its registry wants a login`);
    },
  };
}

/** The findings of an example of a rule, in all its artifacts. A rule that is off by itself warns here. */
export async function findingsOfExample({ id, setting }: Rule, example: Example): Promise<readonly Finding[]> {
  const config = typeof example === 'string' ? '' : (example.config ?? '');
  const { check: settings = {}, tenants = [] } = (config === '' ? {} : load(config, { schema: CORE_SCHEMA })) as {
    check?: Partial<CheckSettings>;
    tenants?: CheckSettings['tenants'];
  };
  const { kubernetes = NEWEST.kubernetes, flux = NEWEST.flux, rules = {} } = settings;
  const checked = await check(renderedOf(example), {
    targets: { kubernetes, flux },
    crds: [],
    rules: { ...rules, [id]: setting === 'off' ? 'warn' : setting },
    tenants,
    commands: (settings.commands ?? []).map((command) => ({ ...command, timeoutSeconds: 60 })),
    ...registriesOf(example),
    ...publishedOf(example),
    async runPolicy({ name }) {
      const answer = typeof example === 'string' ? undefined : example.answers?.[name];
      if (answer === undefined) throw new Error(`The example has no answer of "${name}"`);
      return { ...answer, stderr: '' };
    },
  });
  return checked.flatMap(({ findings }) => findings);
}
