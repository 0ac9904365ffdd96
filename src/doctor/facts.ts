/** What a bucket says of itself, as lines for people. */
import type { HealthLine } from '../model.ts';
import type { BucketFacts, Unknown } from '../wire/s3-facts.ts';
import { caution, fine } from './lines.ts';

/** From here on a clock is worth a word, in seconds: answers take their time. */
const OFF = 60;

const isUnknown = (fact: unknown): fact is Unknown => typeof fact === 'object' && fact !== null && 'unknown' in fact;

/** A line of what is known, one of what is not told, and those of what is worth knowing. */
export function factLines({ region, versioning, objectLock, encryption, clockSeconds }: BucketFacts): HealthLine[] {
  const facts: Readonly<Record<string, string | undefined>> = {
    region: isUnknown(region) ? undefined : region === '' ? '' : `region "${region}"`,
    versioning: isUnknown(versioning) ? undefined : `versioning ${versioning}`,
    'Object Lock': isUnknown(objectLock) ? undefined : `Object Lock ${objectLock === 'off' ? 'off' : 'on'}`,
    encryption: isUnknown(encryption) ? undefined : `default encryption ${encryption.algorithm}`,
  };
  const known = Object.values(facts).filter((text) => text !== undefined && text !== '');
  const untold = Object.keys(facts).filter((name) => facts[name] === undefined);
  return [
    ...(known.length === 0 ? [] : [fine('bucket', known.join(', '))]),
    ...(untold.length === 0 ? [] : [fine('bucket', `not told to these credentials: ${untold.join(', ')}`)]),
    ...(typeof objectLock === 'object' && !isUnknown(objectLock) ? [retention(objectLock)] : []),
    ...(isUnknown(clockSeconds) ? [] : [clockLine(clockSeconds)]),
  ];
}

function retention({ mode, days }: { readonly mode: string; readonly days: number }): HealthLine {
  const text = `Object Lock keeps every object for ${days} ${days === 1 ? 'day' : 'days'} (${mode})`;
  return caution('bucket', text, 'slipway prune deletes nothing that is locked: prune with a higher --min-age');
}

function clockLine(seconds: number): HealthLine {
  if (Math.abs(seconds) < OFF) return fine('clock', "this machine's clock agrees with the store's");
  const where = seconds > 0 ? 'behind' : 'ahead of';
  const text = `this machine's clock is ${Math.abs(seconds)} seconds ${where} the store's`;
  return caution('clock', text, 'set the clock: the times in records and proofs come from it');
}
