/** Who runs: facts that continuous-integration systems put into the environment. All are optional and none is secret. */
import type { Job, Runner } from '../model.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** One CI system: the variable that gives it away, and where it keeps its facts. */
interface System {
  readonly mark: string;
  readonly by: string;
  readonly pipeline: (env: Environment) => string | undefined;
  readonly number: string;
}

const joined = (...parts: readonly (string | undefined)[]): string | undefined =>
  parts.every((part) => part !== undefined && part !== '') ? parts.join('/') : undefined;

/** A workflow's path without `@refs/heads/…`: a pipeline is the same pipeline on every branch. */
const githubPipeline = (env: Environment): string | undefined =>
  env.GITHUB_WORKFLOW_REF?.replace(/@.*$/s, '') || joined(env.GITHUB_REPOSITORY, env.GITHUB_WORKFLOW);

/** Gitea and Forgejo Actions set the variables of GitHub. Order matters: GitLab and others also set generic names. */
const SYSTEMS: readonly System[] = [
  { mark: 'GITHUB_ACTIONS', by: 'GITHUB_ACTOR', pipeline: githubPipeline, number: 'GITHUB_RUN_NUMBER' },
  { mark: 'GITLAB_CI', by: 'GITLAB_USER_LOGIN', pipeline: (env) => env.CI_PROJECT_PATH, number: 'CI_PIPELINE_IID' },
  {
    mark: 'BUILDKITE',
    by: 'BUILDKITE_BUILD_CREATOR',
    pipeline: (env) => joined(env.BUILDKITE_ORGANIZATION_SLUG, env.BUILDKITE_PIPELINE_SLUG),
    number: 'BUILDKITE_BUILD_NUMBER',
  },
  {
    mark: 'CIRCLECI',
    by: 'CIRCLE_USERNAME',
    pipeline: (env) => joined(env.CIRCLE_PROJECT_USERNAME, env.CIRCLE_PROJECT_REPONAME),
    number: 'CIRCLE_BUILD_NUM',
  },
  {
    mark: 'TF_BUILD',
    by: 'BUILD_REQUESTEDFOR',
    pipeline: (env) => joined(env.SYSTEM_TEAMPROJECT, env.BUILD_DEFINITIONNAME),
    number: 'BUILD_BUILDID',
  },
  {
    mark: 'BITBUCKET_BUILD_NUMBER',
    by: 'BITBUCKET_STEP_TRIGGERER_UUID',
    pipeline: (env) => env.BITBUCKET_REPO_FULL_NAME,
    number: 'BITBUCKET_BUILD_NUMBER',
  },
  { mark: 'JENKINS_URL', by: 'BUILD_USER_ID', pipeline: (env) => env.JOB_NAME, number: 'BUILD_NUMBER' },
  { mark: 'CI_REPO', by: 'CI_COMMIT_AUTHOR', pipeline: (env) => env.CI_REPO, number: 'CI_PIPELINE_NUMBER' },
];

/**
 * Who runs. `ci` is true when `CI` is set to anything but nothing, `false` or `0`, and, where `CI` is not set at all,
 * when a known system gives itself away (Azure Pipelines and Jenkins do not set it).
 */
export function runnerFacts(env: Environment): Runner {
  const system = SYSTEMS.find(({ mark }) => (env[mark] ?? '') !== '');
  const ci = env.CI === undefined ? system !== undefined : !['', 'false', '0'].includes(env.CI.toLowerCase());
  if (system === undefined) return { ci };
  const by = env[system.by];
  const pipeline = system.pipeline(env);
  const number = env[system.number] ?? '';
  return {
    ci,
    ...(by ? { by } : {}),
    ...(pipeline ? { pipeline } : {}),
    ...(/^\d{1,15}$/.test(number) ? { runNumber: Number(number) } : {}),
  };
}

/** Where a build takes place, for its provenance: URIs without credentials. */
export interface BuildPlace {
  /** The workflow at its ref where the CI has such, else the job; `urn:slipway:local` outside of CI. */
  readonly builder: string;
  /** This very run. */
  readonly invocation?: string;
}

type Address = (env: Environment) => string | undefined;

/** One CI system: what vouches for its builds, and where its run is shown. */
interface Place {
  readonly mark: string;
  readonly builder?: Address;
  readonly invocation: Address;
}

const under = (base: string | undefined, ...path: readonly (string | undefined)[]): string | undefined =>
  joined(base?.replace(/\/+$/, ''), ...path);

const githubServer = ({ GITHUB_SERVER_URL }: Environment): string => GITHUB_SERVER_URL || 'https://github.com';

function githubRun(env: Environment): string | undefined {
  const run = under(githubServer(env), env.GITHUB_REPOSITORY, 'actions/runs', env.GITHUB_RUN_ID);
  return under(run, 'attempts', env.GITHUB_RUN_ATTEMPT) ?? run;
}

/** As GitLab names it in identity tokens: the project, two slashes, the file at its ref. */
function gitlabConfig(env: Environment): string | undefined {
  const { CI_CONFIG_REF_URI: whole, CI_CONFIG_PATH, CI_COMMIT_TAG: tag, CI_COMMIT_BRANCH: branch } = env;
  if (whole) return `https://${whole}`;
  const ref = tag ? `refs/tags/${tag}` : branch ? `refs/heads/${branch}` : env.CI_MERGE_REQUEST_REF_PATH;
  return under(env.CI_SERVER_URL, env.CI_PROJECT_PATH, `/${CI_CONFIG_PATH || '.gitlab-ci.yml'}@${ref || 'HEAD'}`);
}

/** In the order of {@link SYSTEMS}. */
const PLACES: readonly Place[] = [
  {
    mark: 'GITHUB_ACTIONS',
    builder: (env) => under(githubServer(env), env.GITHUB_WORKFLOW_REF),
    invocation: githubRun,
  },
  { mark: 'GITLAB_CI', builder: gitlabConfig, invocation: (env) => env.CI_JOB_URL },
  { mark: 'BUILDKITE', invocation: (env) => env.BUILDKITE_BUILD_URL },
  { mark: 'CIRCLECI', invocation: (env) => env.CIRCLE_BUILD_URL },
  {
    mark: 'TF_BUILD',
    invocation: (env) => {
      const results = under(env.SYSTEM_TEAMFOUNDATIONCOLLECTIONURI, env.SYSTEM_TEAMPROJECT, '_build/results');
      return results && env.BUILD_BUILDID && `${results}?buildId=${env.BUILD_BUILDID}`;
    },
  },
  {
    mark: 'BITBUCKET_BUILD_NUMBER',
    invocation: (env) =>
      under('https://bitbucket.org', env.BITBUCKET_REPO_FULL_NAME, 'pipelines/results', env.BITBUCKET_BUILD_NUMBER),
  },
  { mark: 'JENKINS_URL', invocation: (env) => env.BUILD_URL },
  { mark: 'CI_REPO', invocation: (env) => env.CI_PIPELINE_URL },
];

/** Where this build takes place. */
export function buildPlace(env: Environment): BuildPlace {
  const place = PLACES.find(({ mark }) => (env[mark] ?? '') !== '');
  const invocation = withoutCredentials(place?.invocation(env));
  const builder = withoutCredentials(place?.builder?.(env)) ?? invocation ?? 'urn:slipway:local';
  return { builder, ...(invocation === undefined ? {} : { invocation }) };
}

/** The CI run that a record names: which pipeline, which number, and where it is shown; undefined outside of CI. */
export function jobOf(env: Environment): Job | undefined {
  const { pipeline, runNumber } = runnerFacts(env);
  const { invocation: url } = buildPlace(env);
  const job = {
    ...(pipeline !== undefined && { pipeline }),
    ...(runNumber !== undefined && { runNumber }),
    ...(url !== undefined && { url }),
  };
  return Object.keys(job).length === 0 ? undefined : job;
}

function withoutCredentials(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { username, password } = new URL(address);
  return username === '' && password === '' ? address : address.replace(/\/\/[^/]*@/, '//');
}
