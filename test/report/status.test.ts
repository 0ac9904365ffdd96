import { expect, test } from 'vitest';
import type { ChannelStatus, Proof, StatusArtifact } from '../../src/model.ts';
import { ageText } from '../../src/report/log-words.ts';
import { statusText } from '../../src/report/status.ts';
import { entry } from '../watch/history/records.ts';

const PROOF: Proof = {
  kind: 'bundle',
  digest: entry('web', 'p', 1).content,
  size: 1,
  signer: 'key:SHA256:abc',
  at: '2026-05-01T00:00:00Z',
};

const many = Array.from({ length: 500 }, (_, index): StatusArtifact => {
  const { name, commit = '', content, manifest, size, resources, since } = entry(`c${index}`, 'a', index < 480 ? 1 : 2);
  const proofs = index === 499 ? [] : [PROOF];
  return { ...{ name, commit, content, manifest, size, resources, since, proofs }, stores: {} };
});

const BEHIND = many.map(({ name }) => name).slice(0, 400);
const channel: ChannelStatus = {
  ...{ channel: 'prod', generation: 41, run: 'a'.repeat(32), kind: 'promote', at: '2026-05-01T12:00:00Z', by: 'ann' },
  from: { channel: 'staging', generation: 40, run: 'b'.repeat(32) },
  wave: { name: 'canary', step: 1, of: 3 },
  job: { pipeline: 'acme/fleet', runNumber: 812 },
  frozen: 'audit\u001b[2J\nnow',
  blocked: ['f'.repeat(40)],
  versions: ['1.4.0'],
  stores: {
    eu: { url: 'oci://x', state: 'current', generation: 41, behind: [] },
    us: { url: 's3://x', state: 'lagging', generation: 40, behind: BEHIND },
  },
  artifacts: many,
};

test('five hundred artifacts fit on a screen', () => {
  const text = statusText({
    schema: 1,
    project: 'default',
    asked: '2026-05-03T13:00:00Z',
    channels: [channel],
    warnings: [],
  });
  expect(text).toBe(
    [
      'prod: generation 41, 2 days ago',
      '  promote from staging@40 (canary, 1 of 3) by ann at 2026-05-01T12:00:00Z',
      '  run 812 of acme/fleet',
      '  version 1.4.0',
      '  frozen: audit\uFFFD[2J now',
      '  blocked: ffffffffffff',
      '  480 artifacts  from 000000000000  c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 470 more',
      '  20 artifacts   from 000000000000  c480, c481, c482, c483, c484, c485, c486, c487, c488, c489 and 10 more',
      '  499 artifacts: Sigstore bundle by key:SHA256:abc',
      '  1 artifact without a proof: c499',
      '  STORE  STATE    GENERATION',
      '  eu     current  41',
      '  us     lagging  40          400 names behind: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 390 more',
      '',
    ].join('\n'),
  );
});

test.each([
  ['2026-05-01T12:00:00Z', 'just now'],
  ['2026-05-01T11:59:59Z', '1 second ago'],
  ['2026-05-01T11:00:01Z', '59 minutes ago'],
  ['2026-05-01T11:00:00Z', '1 hour ago'],
  ['2026-04-24T12:00:01Z', '6 days ago'],
  ['2026-04-17T12:00:00Z', '2 weeks ago'],
  ['2026-01-01T12:00:00Z', '4 months ago'],
  ['2023-05-01T12:00:00Z', '3 years ago'],
  ['2026-05-01T12:05:00Z', "5 minutes ahead of this machine's clock"],
  ['not a time', 'at an unknown time'],
])('the age of %s is told in words', (at, words) => {
  expect(ageText(at, '2026-05-01T12:00:00Z')).toBe(words);
});

test('names that somebody put into a bucket move no cursor', () => {
  const odd: ChannelStatus = {
    ...channel,
    channel: 'a\u001b[2Jb',
    artifacts: [],
    blocked: ['\u001b[2J'],
    by: '\u001b[2J',
  };
  const none: ChannelStatus = {
    channel: '\u001b[2J',
    generation: 0,
    versions: [],
    blocked: [],
    stores: {},
    artifacts: [],
  };
  const text = statusText({
    ...{ schema: 1, project: 'default', asked: '2026-05-03T13:00:00Z', warnings: [] },
    channels: [odd, none],
  });
  expect(text).not.toContain('\u001b');
});
