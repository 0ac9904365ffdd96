import { expect, test } from 'vitest';
import { parseTime, resolveLog, resolveStatus, resolveWhois } from '../../src/config/resolve-history.ts';
import { tree } from './tree.ts';

const at = (text: string): string => new Date(parseTime(text, '--at')).toISOString();

test.each([
  ['2026-05-01', '2026-05-01T00:00:00.000Z'],
  ['2026-05-01T12:00', '2026-05-01T12:00:00.000Z'],
  ['2026-05-01 12:00:30', '2026-05-01T12:00:30.000Z'],
  ['2026-05-01T12:00Z', '2026-05-01T12:00:00.000Z'],
  ['2026-05-01T12:00:59.999z', '2026-05-01T12:00:59.000Z'],
  ['2026-05-01T01:30+02:00', '2026-04-30T23:30:00.000Z'],
  ['2026-05-01T01:30-0530', '2026-05-01T07:00:00.000Z'],
  ['2026-05-01T12:00+14', '2026-04-30T22:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
])('%s is a time', (text, time) => {
  expect(at(text)).toBe(time);
});

test.each([
  ['', 'it is not a time'],
  ['yesterday', 'it is not a time'],
  ['2026-5-1', 'it is not a time'],
  ['1767225600', 'it is not a time'],
  ['2026-05-01T12', 'it is not a time'],
  ['2026-05-01T12:00 CET', 'it is not a time'],
  ['2026-02-29', 'there is no such day'],
  ['2026-13-01', 'there is no such day'],
  ['2026-05-01T24:00', 'there is no such time of day'],
  ['2026-05-01T12:60', 'there is no such time of day'],
  ['2026-05-01T12:00+15:00', 'there is no such time zone'],
  ['2026-05-01T12:00+02:60', 'there is no such time zone'],
])('"%s" is refused', (text, why) => {
  expect(() => parseTime(text, '--at')).toThrow(
    expect.objectContaining({ code: 'USAGE', message: `Cannot use --at "${text}": ${why}` }),
  );
});

const CONFIG = 'version: 1\nartifacts: [{ path: web, render: plain }]\nstores: { lab: "file:lab" }\n';

test('what is asked for is checked before any store is', async () => {
  const context = { cwd: await tree({ 'slipway.yaml': CONFIG, 'web/a.yaml': '' }), env: {} };
  const usage = (message: string) => expect.objectContaining({ code: 'USAGE', message });
  const digest = 'it is not a digest';
  await expect(resolveLog({}, context)).rejects.toEqual(usage('Cannot show the log: no channel is named'));
  await expect(resolveLog({ channel: 'prod', limit: '0' }, context)).rejects.toEqual(
    usage('Cannot use --limit "0": it is not a number from 1 on'),
  );
  await expect(resolveLog({ channel: '1.4.0' }, context)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(resolveLog({ channel: 'prod', store: ['us'] }, context)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(resolveStatus({ channels: ['a b'] }, context)).rejects.toMatchObject({ code: 'USAGE' });
  for (const text of ['', 'sha256:1234567', 'sha512:12345678', `sha256:${'0'.repeat(65)}`, 'prod@41'])
    await expect(resolveWhois({ digest: text }, context)).rejects.toEqual(
      usage(`Cannot look for "${text}": ${digest}`),
    );
});

test.each([
  ['sha256:1F9C07AA', 'sha256:1f9c07aa'],
  ['1f9c07aa', 'sha256:1f9c07aa'],
  ['prod@sha256:1f9c07aa4e12…', 'sha256:1f9c07aa4e12'],
])('%s is looked for', async (digest, prefix) => {
  const context = { cwd: await tree({ 'slipway.yaml': CONFIG, 'web/a.yaml': '' }), env: {} };
  expect((await resolveWhois({ digest }, context)).prefix).toBe(prefix);
});
