import { expect, test } from 'vitest';
import { buildPlace } from '../../src/config/ci.ts';

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'acme/fleet',
  GITHUB_WORKFLOW_REF: 'acme/fleet/.github/workflows/release.yml@refs/heads/main',
  GITHUB_RUN_ID: '77',
};
const GITLAB = {
  GITLAB_CI: 'true',
  CI_SERVER_URL: 'https://gitlab.example.com/',
  CI_PROJECT_PATH: 'acme/fleet',
  CI_JOB_URL: 'https://gitlab.example.com/acme/fleet/-/jobs/7',
};
const gitlab = (config: string): object => ({
  builder: `https://gitlab.example.com/acme/fleet//${config}`,
  invocation: GITLAB.CI_JOB_URL,
});

test.each<[string, Readonly<Record<string, string>>, object]>([
  [
    'GitHub: the workflow at its ref, and the run',
    GITHUB,
    {
      builder: 'https://github.com/acme/fleet/.github/workflows/release.yml@refs/heads/main',
      invocation: 'https://github.com/acme/fleet/actions/runs/77',
    },
  ],
  [
    'a server like GitHub: the attempt too',
    { ...GITHUB, GITHUB_SERVER_URL: 'https://git.example.com', GITHUB_RUN_ATTEMPT: '3' },
    {
      builder: 'https://git.example.com/acme/fleet/.github/workflows/release.yml@refs/heads/main',
      invocation: 'https://git.example.com/acme/fleet/actions/runs/77/attempts/3',
    },
  ],
  [
    'GitHub without a workflow reference: the run stands for it',
    { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/fleet', GITHUB_RUN_ID: '77' },
    {
      builder: 'https://github.com/acme/fleet/actions/runs/77',
      invocation: 'https://github.com/acme/fleet/actions/runs/77',
    },
  ],
  ['GitLab on a branch', { ...GITLAB, CI_COMMIT_BRANCH: 'main' }, gitlab('.gitlab-ci.yml@refs/heads/main')],
  [
    'GitLab on a tag, with another file',
    { ...GITLAB, CI_COMMIT_TAG: 'v1', CI_CONFIG_PATH: 'ci/release.yml' },
    gitlab('ci/release.yml@refs/tags/v1'),
  ],
  [
    'GitLab on a merge request',
    { ...GITLAB, CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/head' },
    gitlab('.gitlab-ci.yml@refs/merge-requests/1/head'),
  ],
  [
    'GitLab whose job says it',
    { ...GITLAB, CI_CONFIG_REF_URI: 'gitlab.example.com/acme/fleet//.gitlab-ci.yml@refs/heads/next' },
    gitlab('.gitlab-ci.yml@refs/heads/next'),
  ],
  ...(
    [
      ['Buildkite', { BUILDKITE: 'true', BUILDKITE_BUILD_URL: 'https://buildkite.example/acme/fleet/builds/9' }],
      ['CircleCI', { CIRCLECI: 'true', CIRCLE_BUILD_URL: 'https://circleci.example/acme/fleet/3' }],
      ['Jenkins', { JENKINS_URL: 'https://jenkins.example/', BUILD_URL: 'https://jenkins.example/job/fleet/4/' }],
      ['Woodpecker', { CI_REPO: 'acme/fleet', CI_PIPELINE_URL: 'https://ci.example/repos/1/pipeline/5' }],
    ] as const
  ).map(([name, env]): [string, Readonly<Record<string, string>>, object] => {
    const invocation = Object.values(env).at(-1) ?? '';
    return [`${name}: the job`, env, { builder: invocation, invocation }];
  }),
  [
    'Azure Pipelines',
    {
      TF_BUILD: 'True',
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: 'https://dev.azure.example/acme/',
      SYSTEM_TEAMPROJECT: 'fleet',
      BUILD_BUILDID: '5',
    },
    {
      builder: 'https://dev.azure.example/acme/fleet/_build/results?buildId=5',
      invocation: 'https://dev.azure.example/acme/fleet/_build/results?buildId=5',
    },
  ],
  [
    'Bitbucket',
    { BITBUCKET_BUILD_NUMBER: '6', BITBUCKET_REPO_FULL_NAME: 'acme/fleet' },
    {
      builder: 'https://bitbucket.org/acme/fleet/pipelines/results/6',
      invocation: 'https://bitbucket.org/acme/fleet/pipelines/results/6',
    },
  ],
  [
    'a URL with credentials in it',
    { JENKINS_URL: 'x', BUILD_URL: 'https://robot:canary@jenkins.example/job/4/' },
    { builder: 'https://jenkins.example/job/4/', invocation: 'https://jenkins.example/job/4/' },
  ],
  ['a CI that says nothing of itself', { JENKINS_URL: 'x', BUILD_URL: 'not a URL' }, { builder: 'urn:slipway:local' }],
  ['no CI', { BUILD_URL: 'https://jenkins.example/job/4/' }, { builder: 'urn:slipway:local' }],
])('%s', (_, env, expected) => {
  expect(buildPlace(env)).toEqual(expected);
});
