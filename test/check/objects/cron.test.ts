import { describe, expect, test } from 'vitest';
import { isTimeZone, scheduleProblem } from '../../../src/check/objects/cron.ts';

describe('a schedule', () => {
  test.each([
    '* * * * *',
    '30 4 * * 1-5',
    '*/15 0-6,20-23 1,15 jan-mar,DEC sun',
    '0 0 ? * *',
    '5/10 * * * *',
    '1-59/2 * * * *',
    '  0  0\t1 1 *  ',
    '1,,2 * * * *',
    '+5 * * * *',
    '@hourly',
    '@midnight',
    '@annually',
    '@every 1h30m',
    '@every 1.5s',
  ])('may be %j', (schedule) => {
    expect(scheduleProblem(schedule)).toBeUndefined();
  });

  test.each([
    ['* * * *', 'which has 4 fields, but a schedule has 5'],
    ['daily', 'which has 1 field, but a schedule has 5'],
    ['60 * * * *', 'whose minute "60" is not from 0 to 59'],
    ['* 24 * * *', 'whose hour "24" is not from 0 to 23'],
    ['* * 0 * *', 'whose day of month "0" is not from 1 to 31'],
    ['* * * 13 *', 'whose month "13" is not from 1 to 12'],
    ['* * * * 7', 'whose day of week "7" is not from 0 to 6'],
    ['* * * * fun', 'whose day of week "fun" is not a number or a name'],
    ['30-10 * * * *', 'whose minute "30-10" begins after its end'],
    ['1-2-3 * * * *', 'whose minute "1-2-3" has more than one "-"'],
    ['*/0 * * * *', 'whose minute "*/0" has a step of 0'],
    ['*/x * * * *', 'whose minute "*/x" has a step that is not a number'],
    ['*/2/3 * * * *', 'whose minute "*/2/3" has more than one "/"'],
    ['-5 * * * *', 'whose minute "-5" is not a number or a name'],
    ['TZ=UTC * * * * *', 'which names a time zone: that belongs into timeZone'],
    ['@reboot', 'which is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly and "@every 1h"'],
    ['@every day', 'whose duration is not like "1h30m"'],
    ['@every 5', 'whose duration is not like "1h30m"'],
  ])('may not be %j', (schedule, problem) => {
    expect(scheduleProblem(schedule)).toBe(problem);
  });
});

describe('a time zone', () => {
  test.each([
    'UTC',
    'Etc/UTC',
    'Europe/Berlin',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+5',
    'US/Eastern',
    'Asia/Calcutta',
    'GMT',
    'EST5EDT',
  ])('may be %j', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  test.each([
    '',
    'Local',
    'utc',
    'europe/berlin',
    'EUROPE/BERLIN',
    'Europe/Berlinn',
    '+01:00',
    '../Europe/Berlin',
    'Europe//Berlin',
    '/Europe/Berlin',
    'Mars/Olympus',
  ])('may not be %j', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
