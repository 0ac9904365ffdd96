/** Which objects are Flux's own. */
import { groupOf, type KubernetesObject } from '../object.ts';

const GROUP = /^(?:[\w-]+\.)?toolkit\.fluxcd\.io$|^source\.extensions\.fluxcd\.io$/;

/** Whether an object is one that a controller of Flux reconciles. */
export function isFlux({ apiVersion }: KubernetesObject): boolean {
  return apiVersion.includes('fluxcd.io/') && GROUP.test(groupOf(apiVersion));
}

/** Whether a text is known only in the cluster: Flux replaces variables in it before it applies the object. */
export function isVariable(text: string): boolean {
  return text.includes('${');
}

/** Whether a Flux version (`2.8`) is at least another. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major !== wantedMajor ? major > wantedMajor : minor >= wantedMinor;
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Seconds of a duration as Go writes it (`1h30m`), undefined for other texts. */
export function secondsOf(duration: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|us|µs|ns|s))+$/.test(duration)) return undefined;
  return [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|us|µs|ns|s)/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  );
}
