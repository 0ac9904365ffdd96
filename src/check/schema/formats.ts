/** Text formats. Each answers whether the API server accepts the text. */
const QUANTITY = /^[+-]?(\d*\.?\d*)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/**
 * Whether a text is a quantity: `1.5`, `500m`, `1Gi`, `1e3`. Kubernetes reads 0 where there are no digits (`Mi`), except
 * where it counts in very large binary units.
 */
export function isQuantity(text: string): boolean {
  const trimmed = text.trim();
  const [, digits] = QUANTITY.exec(trimmed) ?? [];
  return trimmed !== '' && digits !== undefined && (/\d/.test(digits) || !/[PE]i$/.test(trimmed));
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,]\d+)?(?:Z|[+-](\d{2}):(\d{2}))$/;
const MICRO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})[.,]\d{6}(?:Z|[+-](\d{2}):(\d{2}))$/;

function isDate(year: string, month: string, day: string): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return d >= 1 && d <= (days[m - 1] ?? 0);
}

/** As Go's time.Parse reads RFC 3339. */
function isTime(text: string, grammar: RegExp): boolean {
  const [whole, y = '', mo = '', d = '', h, mi, s, oh = '0', om = '0'] = grammar.exec(text) ?? [];
  if (whole === undefined || !isDate(y, mo, d)) return false;
  return Number(h) < 24 && Number(mi) < 60 && Number(s) < 60 && Number(oh) <= 24 && Number(om) < 60;
}

/** The laxer reading of CRDs: `t` and `z` in any case. */
function isDateTime(text: string): boolean {
  const [whole, y = '', mo = '', d = '', h, mi, s] =
    /^(\d{4})-(\d{2})-(\d{2})t(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/i.exec(text) ?? [];
  return whole !== undefined && isDate(y, mo, d) && Number(h) < 24 && Number(mi) < 60 && Number(s) < 60;
}

function isCalendarDay(text: string): boolean {
  const [whole, y = '', m = '', d = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return whole !== undefined && isDate(y, m, d);
}

/** Line breaks are skipped, padding is needed. */
function isBase64(text: string): boolean {
  const packed = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text;
  return packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const HEXTET = /^[0-9a-f]{1,4}$/i;

function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

function isIPv6(text: string): boolean {
  // The last 32 bits may be written as IPv4.
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const plain = isIPv4(tail) ? `${text.slice(0, -tail.length)}0:0` : text;
  const halves = plain.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const rightCount = halves.length === 2 ? groups.length < 8 : groups.length === 8;
  return rightCount && groups.every((group) => HEXTET.test(group));
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const DURATION = /^\s*[-+]?(?:0|(?:\d+(?:\.\d*)?|\.\d+)\s*[a-zµμ]+(?:(?:\d+(?:\.\d*)?|\.\d+)\s*[a-zµμ]+)*)\s*$/i;

/**
 * `time` and `micro-time` are those of Kubernetes' own kinds, the others those of CRDs. What is not here is accepted, as
 * the API server accepts what it does not know.
 */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  time: (text) => isTime(text, RFC3339),
  'micro-time': (text) => isTime(text, MICRO),
  'date-time': isDateTime,
  datetime: isDateTime,
  date: isCalendarDay,
  byte: isBase64,
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  uuid: (text) => UUID.test(text),
  duration: (text) => DURATION.test(text),
};

/** How a reader would name a format. */
const SHOWN: Readonly<Record<string, string>> = {
  time: 'a time such as 2024-01-31T12:00:00Z',
  'micro-time': 'a time such as 2024-01-31T12:00:00.000000Z',
  'date-time': 'a time such as 2024-01-31T12:00:00Z',
  datetime: 'a time such as 2024-01-31T12:00:00Z',
  date: 'a date such as 2024-01-31',
  byte: 'base64',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  cidr: 'an address range such as 10.0.0.0/8',
  uuid: 'a UUID',
  duration: 'a duration such as 5m',
};

/** What a text should have been, or undefined where it has the format. */
export function formatProblem(text: string, format: string): string | undefined {
  const has = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  return has === undefined || has(text) ? undefined : SHOWN[format];
}
