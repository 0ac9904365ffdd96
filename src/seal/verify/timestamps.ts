/** RFC 3161 timestamps where `@sigstore/core` 4.0.1 reads them wrongly. */
import type { SignedEntity } from '@sigstore/verify';
import { refusal } from './refusal.ts';

type Timestamp = SignedEntity['timestamps'][number];

const HINT = 'the answer of the timestamp authority was stored incompletely or is of another format: sign again';

/** GeneralizedTime in DER: UTC, and any number of fractional digits (X.690 11.7). */
const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?Z$/;

/** The instant that a GeneralizedTime names, to the millisecond; undefined where it names none. */
export function generalizedTime(text: string): Date | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const date = new Date(iso);
  // The 30th of February is read as a day in March.
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso ? date : undefined;
}

/**
 * The timestamps of a bundle, with the time of those of an authority read by us: the library takes none or exactly three
 * fractional digits, but DER leaves zeros at the end out, so that it refuses one timestamp in ten of those with
 * milliseconds. The status, which it ignores, must be one with which a token is granted (RFC 3161 2.4.2).
 * Throws a bare `UNTRUSTED` reason.
 */
export function readableTimestamps(timestamps: readonly Timestamp[]): Timestamp[] {
  return timestamps.map((stamp) => {
    if (stamp.$case !== 'timestamp-authority') return stamp;
    const { timestamp } = stamp;
    let date: Date | undefined;
    let status: bigint | undefined;
    try {
      status = timestamp.status;
      date = generalizedTime(timestamp.tstInfo.root.subs[4]?.value.toString('latin1') ?? '');
    } catch (thrown) {
      throw refusal('its timestamp cannot be read', HINT, thrown);
    }
    if (status !== 0n && status !== 1n) throw refusal('its timestamp was not granted by the authority', HINT);
    if (date === undefined) throw refusal('its timestamp has no readable time', HINT);
    const repaired: typeof timestamp = Object.create(timestamp, { signingTime: { value: date } });
    return { $case: 'timestamp-authority', timestamp: repaired };
  });
}
