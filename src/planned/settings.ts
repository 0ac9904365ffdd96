/** Settings of a publish as a plan keeps them: no credential, and no path of the machine that made it. */
import { isAbsolute, join, relative, sep } from 'node:path';
import type { SealSettings } from '../config/seal-settings.ts';
import type { PublishSettings, StoreSpec } from '../config/settings.ts';

/** What a plan keeps. Gates by their names: who asks them needs the config. */
export interface PlannedSettings
  extends Pick<
    PublishSettings,
    'project' | 'channel' | 'version' | 'listed' | 'primary' | 'quorum' | 'adopt' | 'allowed'
  > {
  readonly stores: readonly StoreSpec[];
  readonly seal: SealSettings;
  readonly gates: readonly string[];
}

/** Keys whose values are paths: folders of stores, files of keys, authorities. */
const PATHS: ReadonlySet<string> = new Set(['root', 'path', 'ca']);

/** How users wrote paths: for messages. */
const SHOWN: ReadonlySet<string> = new Set(['shown']);

/** The same value with every path of it changed. */
function withPaths<T>(value: T, change: (path: string) => string, keys = PATHS): T {
  const walk = (part: unknown, key: string): unknown => {
    if (typeof part === 'string') return keys.has(key) ? change(part) : part;
    if (Array.isArray(part)) return part.map((item) => walk(item, ''));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, walk(item, name)]));
  };
  return walk(value, '') as T;
}

const portable =
  (base: string) =>
  (path: string): string =>
    isAbsolute(path) ? relative(base, path).split(sep).join('/') || '.' : path;

/** What a plan keeps of these settings; `base` is the folder that its paths are relative to. */
export function keptSettings(settings: PublishSettings, base: string): PlannedSettings {
  const { project, channel, version, listed, primary, quorum, adopt, allowed, stores, seal, gates } = settings;
  return {
    ...{ project, primary, quorum, adopt, allowed },
    ...(channel !== undefined && { channel }),
    ...(version !== undefined && { version }),
    ...(listed !== undefined && { listed }),
    stores: withPaths(stores, portable(base)),
    seal: withPaths(withPaths(seal, portable(base)), portable(base), SHOWN),
    gates: gates.map(({ name }) => name),
  };
}

/** The settings with absolute paths again. */
export function restoredSettings(kept: PlannedSettings, base: string): PlannedSettings {
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(base, path));
  return { ...kept, stores: withPaths(kept.stores, absolute), seal: withPaths(kept.seal, absolute) };
}

/** Names of what differs, as refusals call it: keys of the config. */
export function settingsMoved(then: PlannedSettings, now: PlannedSettings): readonly string[] {
  const texts = (kept: PlannedSettings): ReadonlyMap<string, string> => {
    const { stores, seal, allowed: _, ...others } = kept;
    // One file can be written in two ways.
    const rest = { ...others, seal: withPaths(seal, () => '', SHOWN) };
    const each = stores.map((store): [string, string] => [`store "${store.name}"`, canonical(store)]);
    const named = Object.entries(rest).map(([key, value]): [string, string] => [`"${key}"`, canonical(value)]);
    return new Map([...named, ...each]);
  };
  const [was, is] = [texts(then), texts(now)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => was.get(key) !== is.get(key))
    .map((key) => `${key} of the config`);
}

/** One text for equal values, however their keys are ordered. */
export function canonical(value: unknown): string {
  const sorted = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(sorted);
    if (typeof part !== 'object' || part === null) return part;
    const entries = Object.entries(part).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
  };
  return JSON.stringify(sorted(value)) ?? '';
}
