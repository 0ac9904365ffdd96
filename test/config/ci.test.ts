import { expect, test } from 'vitest';
import { runnerFacts } from '../../src/config/ci.ts';

test('GitHub Actions: the pipeline is the workflow file, the same on every branch', () => {
  expect(
    runnerFacts({
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTOR: 'octocat',
      GITHUB_REPOSITORY: 'acme/fleet',
      GITHUB_WORKFLOW_REF: 'acme/fleet/.github/workflows/release.yml@refs/heads/a@b',
      GITHUB_RUN_NUMBER: '42',
    }),
  ).toEqual({ ci: true, by: 'octocat', pipeline: 'acme/fleet/.github/workflows/release.yml', runNumber: 42 });
});

test('GitHub-compatible runners without a workflow reference use the workflow name', () => {
  const facts = runnerFacts({
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'acme/fleet',
    GITHUB_WORKFLOW: 'release',
  });
  expect(facts).toEqual({ ci: true, pipeline: 'acme/fleet/release' });
});

test.each([
  [
    { GITLAB_CI: 'true', CI: '1', GITLAB_USER_LOGIN: 'ada', CI_PROJECT_PATH: 'a/b/c', CI_PIPELINE_IID: '7' },
    { ci: true, by: 'ada', pipeline: 'a/b/c', runNumber: 7 },
  ],
  [
    {
      BUILDKITE: 'true',
      CI: 'true',
      BUILDKITE_BUILD_CREATOR: 'Ada',
      BUILDKITE_ORGANIZATION_SLUG: 'acme',
      BUILDKITE_PIPELINE_SLUG: 'fleet',
      BUILDKITE_BUILD_NUMBER: '9',
    },
    { ci: true, by: 'Ada', pipeline: 'acme/fleet', runNumber: 9 },
  ],
  [
    {
      CIRCLECI: 'true',
      CI: 'true',
      CIRCLE_USERNAME: 'ada',
      CIRCLE_PROJECT_USERNAME: 'acme',
      CIRCLE_PROJECT_REPONAME: 'fleet',
      CIRCLE_BUILD_NUM: '3',
    },
    { ci: true, by: 'ada', pipeline: 'acme/fleet', runNumber: 3 },
  ],
  [
    {
      TF_BUILD: 'True',
      BUILD_REQUESTEDFOR: 'Ada',
      SYSTEM_TEAMPROJECT: 'acme',
      BUILD_DEFINITIONNAME: 'fleet',
      BUILD_BUILDID: '5',
    },
    { ci: true, by: 'Ada', pipeline: 'acme/fleet', runNumber: 5 },
  ],
  [
    { JENKINS_URL: 'https://ci.example/', JOB_NAME: 'fleet/main', BUILD_NUMBER: '6' },
    { ci: true, pipeline: 'fleet/main', runNumber: 6 },
  ],
  [
    { CI: 'woodpecker', CI_REPO: 'acme/fleet', CI_COMMIT_AUTHOR: 'ada', CI_PIPELINE_NUMBER: '8' },
    { ci: true, by: 'ada', pipeline: 'acme/fleet', runNumber: 8 },
  ],
])('other systems tell the same facts: %j', (env, facts) => {
  expect(runnerFacts(env)).toEqual(facts);
});

test('CI decides by its value; a laptop without it is no CI', () => {
  expect(runnerFacts({})).toEqual({ ci: false });
  expect(runnerFacts({ USER: 'ada' })).toEqual({ ci: false });
  for (const value of ['', 'false', 'False', '0']) expect(runnerFacts({ CI: value }).ci).toBe(false);
  for (const value of ['true', '1', 'yes']) expect(runnerFacts({ CI: value }).ci).toBe(true);
  expect(runnerFacts({ CI: 'false', GITHUB_ACTIONS: 'true' }).ci).toBe(false);
});

test('a run number that is not a number is left out', () => {
  expect(runnerFacts({ GITHUB_ACTIONS: 'true', GITHUB_RUN_NUMBER: '12a' })).toEqual({ ci: true });
});
