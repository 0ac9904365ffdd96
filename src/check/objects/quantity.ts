/** Quantities of Kubernetes as numbers, to compare them. */
const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** How far apart two sums of floating point must be to differ; quantities have 10 digits at most that matter. */
const PRECISION = 1e-12;

/** The value of a quantity, undefined for what is none. Null in a mapping of quantities is 0, as in Go. */
export function quantityOf(value: unknown): number | undefined {
  if (value === null) return 0;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  const [, digits, unit = '', exponent] =
    /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d+))?$/.exec(value.trim()) ?? [];
  if (digits === undefined) return undefined;
  if (exponent !== undefined) return Number(`${digits}e${exponent}`);
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Number(digits) * factor;
}

/** Whether one quantity is more than another, both as numbers. */
export function isMore(one: number, other: number): boolean {
  return one - other > PRECISION * Math.max(Math.abs(one), Math.abs(other));
}

/** Whether a quantity has a fraction. */
export function hasFraction(quantity: number): boolean {
  return Math.abs(quantity - Math.round(quantity)) > PRECISION * Math.max(1, Math.abs(quantity));
}
