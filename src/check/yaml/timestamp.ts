const DATE = String.raw`(\d{4})-(\d{1,2})-(\d{1,2})`;
const TIME = String.raw`(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?`;
/** The four layouts of YAML 1.1 that Go's YAML packages know; with a time zone only after `T`. */
const TIMESTAMP = new RegExp(`^${DATE}(?:(?:[Tt]${TIME}(Z|[+-]\\d\\d:\\d\\d))|(?: +${TIME}))?$`);

/**
 * An unquoted date or time as kustomize writes it out (RFC 3339, fraction without trailing zeros), or undefined for
 * other text. kubectl keeps such text as it is.
 */
export function rewrittenTimestamp(text: string): string | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = ''] = match;
  const zoned = match[4] !== undefined;
  const [hour = '0', minute = '0', second = '0', fraction = ''] = zoned ? match.slice(4, 8) : match.slice(9, 13);
  const zone = zoned ? (match[8] ?? 'Z') : 'Z';
  if (!isDate(Number(year), Number(month), Number(day)) || !isTime(hour, minute, second) || !isZone(zone))
    return undefined;
  const digits = fraction.slice(0, 9).replace(/0+$/, '');
  const date = [year, two(month), two(day)].join('-');
  const time = [hour, minute, second].map(two).join(':');
  return `${date}T${time}${digits === '' ? '' : `.${digits}`}${/^[+-]00:00$/.test(zone) ? 'Z' : zone}`;
}

const two = (digits: string): string => digits.padStart(2, '0');

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  // The calendar repeats after 400 years; years below 100 mean something else to Date.
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

const isTime = (hour: string, minute: string, second: string): boolean =>
  Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;

const isZone = (zone: string): boolean =>
  zone === 'Z' || (Number(zone.slice(1, 3)) <= 24 && Number(zone.slice(4, 6)) < 60);
