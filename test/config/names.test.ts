import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  artifactNameProblem,
  channelProblem,
  isVersion,
  projectProblem,
  storeNameProblem,
  versionProblem,
} from '../../src/config/names.ts';

test.each(['a', 'web', 'eu-west-1', 'a.b', 'a_b', 'a__b', 'a---b', '0', 'a'.repeat(63)])(
  'artifact name %j is good',
  (name) => {
    expect(artifactNameProblem(name)).toBeUndefined();
  },
);

test.each([
  ['', /lower-case/],
  ['Web', /lower-case/],
  ['-a', /lower-case/],
  ['a-', /lower-case/],
  ['a..b', /lower-case/],
  ['a___b', /lower-case/],
  ['a/b', /lower-case/],
  ['ä', /lower-case/],
  ['a\n', /lower-case/],
  ['a'.repeat(64), /63/],
  ['releases', /records/],
  ['slipway.x', /reserved/],
  ['content-1', /reserved/],
  ['sha256-ab', /reserved/],
])('artifact name %j is refused', (name, reason) => {
  expect(artifactNameProblem(name)).toMatch(reason);
});

test.each(['staging', 'prod', 'PR-12', '1', '1.2', 'latest', 'a'.repeat(40), '1.2.3.4'])(
  'channel %j is good',
  (channel) => {
    expect(channelProblem(channel)).toBeUndefined();
  },
);

test.each([
  ['', /40/],
  ['.a', /40/],
  ['-a', /40/],
  ['a b', /40/],
  ['a/b', /40/],
  ['a'.repeat(41), /40/],
  ['1.2.3', /version/],
  ['v1.2.3', /version/],
  ['1.2.3-rc.1', /version/],
  ['versions', /claims/],
  ['versions.main', /claims/],
  ['slipway.a', /reserved/],
  ['content-a', /reserved/],
  ['sha256-a', /reserved/],
])('channel %j is refused', (channel, reason) => {
  expect(channelProblem(channel)).toMatch(reason);
});

test.each(['1.2.3', 'v1.2.3', '0.0.0', '1.0.0-rc.1', '1.0.0-0.3.7'])('version %j is good', (version) => {
  expect(versionProblem(version)).toBeUndefined();
});

test.each([
  ['1.2', /not a semantic version/],
  ['01.2.3', /not a semantic version/],
  ['=1.2.3', /not a semantic version/],
  [' 1.2.3', /not a semantic version/],
  ['vv1.2.3', /not a semantic version/],
  ['1.2.3+build', /build metadata/],
  [`1.2.3-${'a'.repeat(60)}`, /64/],
  ['latest', /not a semantic version/],
])('version %j is refused', (version, reason) => {
  expect(versionProblem(version)).toMatch(reason);
});

test('project and store names have rules of their own', () => {
  expect(projectProblem('default')).toBeUndefined();
  expect(projectProblem('0-a')).toBeUndefined();
  for (const bad of ['', 'A', '-a', 'a.b', 'a'.repeat(33)]) expect(projectProblem(bad)).toMatch(/32/);
  expect(storeNameProblem('eu.west_1-A')).toBeUndefined();
  for (const bad of ['', 'a b', '-a', 'a/b', 'a'.repeat(41)]) expect(storeNameProblem(bad)).toMatch(/40/);
});

test('no tag is both a channel and a version, and every good name fits into an OCI tag', () => {
  const tag = fc.oneof(fc.string({ maxLength: 70 }), fc.stringMatching(/^v?\d{1,2}\.\d\.\d(-[a-z0-9.]{1,5})?$/));
  fc.assert(
    fc.property(tag, (text) => {
      const channel = channelProblem(text) === undefined;
      expect(channel && isVersion(text)).toBe(false);
      if (channel || isVersion(text)) expect(text).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
    }),
  );
});
