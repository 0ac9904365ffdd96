import { expect, test } from 'vitest';
import { factLines } from '../../src/doctor/facts.ts';
import type { BucketFacts } from '../../src/wire/s3-facts.ts';

const FACTS: BucketFacts = {
  exists: true,
  region: 'eu-central-1',
  mayList: true,
  versioning: 'off',
  objectLock: 'off',
  encryption: { algorithm: 'AES256' },
  clockSeconds: 1,
};

const told = (facts: Partial<BucketFacts> = {}): readonly string[] =>
  factLines({ ...FACTS, ...facts }).map(({ level, check, text }) => `${level} ${check}: ${text}`);

test('what a bucket tells of itself is one line', () => {
  expect(told()).toEqual([
    'ok bucket: region "eu-central-1", versioning off, Object Lock off, default encryption AES256',
    "ok clock: this machine's clock agrees with the store's",
  ]);
});

test('what it does not tell is another, and no reason to worry', () => {
  const unknown = { unknown: 'Cannot read it: forbidden' };
  expect(told({ versioning: unknown, objectLock: unknown, region: '', clockSeconds: unknown })).toEqual([
    'ok bucket: default encryption AES256',
    'ok bucket: not told to these credentials: versioning, Object Lock',
  ]);
  expect(told({ region: unknown, versioning: unknown, objectLock: unknown, encryption: unknown })[0]).toBe(
    'ok bucket: not told to these credentials: region, versioning, Object Lock, encryption',
  );
});

test('a retention and a wrong clock are worth knowing', () => {
  expect(told({ objectLock: { mode: 'governance', days: 1 }, clockSeconds: -86_400 }).slice(1)).toEqual([
    'warning bucket: Object Lock keeps every object for 1 day (governance)',
    "warning clock: this machine's clock is 86400 seconds ahead of the store's",
  ]);
  expect(told({ clockSeconds: 60 }).at(-1)).toBe(
    "warning clock: this machine's clock is 60 seconds behind the store's",
  );
});
