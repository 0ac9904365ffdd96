/** Waves of a channel as settings, and which artifact belongs to which. */
import { SlipwayError } from '../errors.ts';
import { type GateFile, type GateSettings, gateSettings } from './gates-settings.ts';
import { quoted } from './suggest.ts';
import type { Path } from './yaml.ts';

/** One entry of `waves:` as written. */
export interface WaveFile {
  readonly name: string;
  readonly artifacts?: readonly string[];
  readonly soak?: string;
  readonly gate?: Omit<GateFile, 'name'>;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seven days in seconds: who waits longer promotes again later. */
const LONGEST = 7 * 86_400;

/** Seconds of a time such as `90s`, `30m`, `2h` or `1d`, from one second to seven days; undefined for other texts. */
export function soakSeconds(written: string): number | undefined {
  const [, number, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(written) ?? [];
  const seconds = Number(number) * (UNITS[unit] ?? Number.NaN);
  return seconds <= LONGEST ? seconds : undefined;
}

/** One wave of a channel. */
export interface WaveRule {
  readonly name: string;
  /** Patterns; absent: all that remain. */
  readonly artifacts?: readonly string[];
  /** Seconds; 0 for no time. */
  readonly soak: number;
  /** Called as the wave. */
  readonly gate?: GateSettings;
  /** `file:line:column` of the entry. */
  readonly place: string;
  /** The same of each pattern. */
  readonly places: readonly string[];
}

/** A wave with what it brings. */
export interface PlannedWave {
  readonly rule: WaveRule;
  /** Names, sorted. */
  readonly artifacts: readonly string[];
}

/** Waves without problems as settings. Gates run in the absolute folder `root`; `placeAt` takes paths that begin at the list. */
export function waveRules(
  waves: readonly WaveFile[],
  root: string,
  placeAt: (path: Path) => string,
): readonly WaveRule[] {
  return waves.map(({ name, artifacts, soak, gate }, index) => {
    const [asked] = gate === undefined ? [] : gateSettings([{ ...gate, name }], root);
    return {
      name,
      ...(artifacts && { artifacts }),
      soak: (soak === undefined ? undefined : soakSeconds(soak)) ?? 0,
      ...(asked && { gate: asked }),
      place: placeAt([index]),
      places: (artifacts ?? []).map((_, at) => placeAt([index, 'artifacts', at])),
    };
  });
}

/** Whether a name fits a pattern, in which `*` stands for any characters. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

const failure = (place: string, message: string, hint: string): SlipwayError =>
  new SlipwayError('CONFIG', `Cannot promote in waves: ${place}: ${message}`, { hint });

/** What is promoted: `label` is how messages call it. */
export interface Promoted {
  readonly names: readonly string[];
  /** Names that the channel has besides: not everything has to come with every promotion. */
  readonly known: readonly string[];
  readonly label: string;
}

/** What a wave brings by its patterns. Throws `CONFIG` for a pattern that matches nothing. */
function matched(rule: WaveRule, { names, known, label }: Promoted): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [index, pattern] of (rule.artifacts ?? []).entries()) {
    const fitting = names.filter((name) => fits(pattern, name));
    if (fitting.length === 0 && !known.some((name) => fits(pattern, name))) {
      throw failure(
        rule.places[index] ?? rule.place,
        `"${pattern}" of wave "${rule.name}" matches no artifact of ${label}`,
        'correct the pattern, or remove it',
      );
    }
    for (const name of fitting) found.add(name);
  }
  return found;
}

/**
 * Which of `names` each wave brings. Throws `CONFIG` with the place of the wave for a pattern that matches nothing, for an
 * artifact in two waves, and for one in no wave.
 */
export function assignWaves(rules: readonly WaveRule[], promoted: Promoted): readonly PlannedWave[] {
  const { names, label } = promoted;
  const owners = new Map<string, WaveRule>();
  const planned: PlannedWave[] = [];
  for (const rule of rules) {
    const own = rule.artifacts === undefined ? names.filter((name) => !owners.has(name)) : matched(rule, promoted);
    for (const name of own) {
      const owner = owners.get(name);
      if (owner !== undefined) {
        const message = `artifact "${name}" is in waves "${owner.name}" and "${rule.name}"`;
        throw failure(rule.place, message, 'let only one of them match it');
      }
      owners.set(name, rule);
    }
    planned.push({ rule, artifacts: [...own].sort() });
  }
  const left = names.filter((name) => !owners.has(name));
  if (left.length > 0) {
    const place = rules.at(-1)?.place ?? '';
    const message = `${left.length === 1 ? 'artifact' : 'artifacts'} ${quoted(left)} of ${label} ${left.length === 1 ? 'is' : 'are'} in no wave`;
    throw failure(place, message, 'add a last wave without artifacts: it takes all that remain');
  }
  return planned;
}
