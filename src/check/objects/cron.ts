/** Schedules of CronJobs, as the cron parser of Kubernetes reads them, and time zones. */
import type { Look } from './look.ts';
import { counted, quote } from './site.ts';

interface Part {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const PARTS: readonly Part[] = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of month', least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'day of week', least: 0, most: 6, words: DAYS },
];

const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const EVERY = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

function numberIn(text: string, { least, words }: Part): number | undefined {
  const word = words.indexOf(text.toLowerCase());
  if (word !== -1) return word + least;
  return /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** What is wrong with one range of a field: `*`, `5`, `1-5`, each with `/step`. */
function rangeProblem(range: string, part: Part): string | undefined {
  const [span = '', step, ...more] = range.split('/');
  const [from = '', to, ...dashes] = span.split('-');
  if (more.length > 0) return 'has more than one "/"';
  const any = from === '*' || from === '?';
  if (!any && dashes.length > 0) return 'has more than one "-"';
  const low = any ? part.least : numberIn(from, part);
  const single = to === undefined;
  const end = any ? part.most : single ? low : numberIn(to, part);
  if (low === undefined || end === undefined) return 'is not a number or a name';
  const width = step === undefined ? 1 : /^\+?\d{1,9}$/.test(step) ? Number(step) : undefined;
  if (width === undefined) return 'has a step that is not a number';
  if (width === 0) return 'has a step of 0';
  const high = step !== undefined && single ? part.most : end;
  if (low < part.least || high > part.most) return `is not from ${part.least} to ${part.most}`;
  return low > high ? 'begins after its end' : undefined;
}

/** What is wrong with a schedule, as a clause after its value; undefined where nothing is. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.includes('TZ')) return 'which names a time zone: that belongs into timeZone';
  if (schedule.startsWith('@')) {
    if (DESCRIPTORS.includes(schedule)) return undefined;
    if (schedule.startsWith('@every ')) {
      return EVERY.test(schedule.slice('@every '.length)) ? undefined : 'whose duration is not like "1h30m"';
    }
    return `which is none of ${DESCRIPTORS.join(', ')} and "@every 1h"`;
  }
  const found = schedule.split(/\s+/).filter((word) => word !== '');
  if (found.length !== PARTS.length) return `which has ${counted(found.length, 'field')}, but a schedule has 5`;
  for (const [index, part] of PARTS.entries()) {
    for (const range of (found[index] ?? '').split(',').filter((text) => text !== '')) {
      const problem = rangeProblem(range, part);
      if (problem !== undefined) return `whose ${part.name} ${quote(range)} ${problem}`;
    }
  }
  return undefined;
}

/** `schedule` of a CronJob. */
export const schedule: Look = (value, site) => {
  const problem = typeof value === 'string' && value !== '' ? scheduleProblem(value) : undefined;
  if (problem === undefined) return;
  site.breach('object/cron', `${site.name()} is ${quote(value)}, ${problem}`, {
    found: quote(value),
    expected: 'minute, hour, day of month, month and day of week, such as "30 4 * * 1-5"',
  });
};

const zones = new Map<string, boolean>();

/** Whether Go loads a time zone. Names are as in the IANA database, in its letter case; offsets are none. */
export function isTimeZone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const answer = loads(name);
  zones.set(name, answer);
  return answer;
}

let exact: ReadonlyMap<string, string> | undefined;

function loads(name: string): boolean {
  if (!/^[A-Za-z_0-9+.][A-Za-z._0-9+-]*(?:\/[A-Za-z_0-9+.][A-Za-z._0-9+-]*)*$/.test(name)) return false;
  if (/^[+\d]/.test(name) || name.toLowerCase() === 'local' || name === name.toLowerCase()) return false;
  exact ??= new Map(Intl.supportedValuesOf('timeZone').map((zone) => [zone.toLowerCase(), zone]));
  const written = exact.get(name.toLowerCase());
  if (written !== undefined) return written === name;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return name === 'Factory';
  }
}

/** `timeZone` of a CronJob. */
export const timeZone: Look = (value, site) => {
  if (typeof value !== 'string' || isTimeZone(value)) return;
  site.breach('object/cron', `${site.name()} is ${quote(value)}, which is not the name of a time zone`, {
    found: quote(value),
    expected: 'a name of the IANA database, such as "Europe/Berlin" or "Etc/UTC"',
  });
};
