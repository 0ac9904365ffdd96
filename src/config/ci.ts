/** Who runs: facts that continuous-integration systems put into the environment. All are optional and none is secret. */
import type { Runner } from '../model.ts';

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
