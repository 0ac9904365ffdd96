/** Which services sign a release: those of the signing config that work now and that verifiers will believe. */
import { SlipwayError } from '../../errors.ts';
import type { TrustRoot } from '../trust/root.ts';
import type { ConfiguredService, Selector, SigningConfig } from './signing-config.ts';

/** A transparency log and the protocol it speaks. */
export interface LogService {
  readonly url: URL;
  readonly version: 1 | 2;
}

/** Whom to ask. Logs and timestamp authorities: all of those named here. */
export interface Services {
  /** Base URL of Fulcio. */
  readonly authority: URL;
  readonly logs: readonly LogService[];
  /** Complete endpoints. */
  readonly timestamps: readonly URL[];
}

/** By what to choose. */
export interface ServiceChoice {
  readonly config: SigningConfig;
  /** Whom the verifiers believe, where that is known: what they would refuse is not asked. */
  readonly trust?: TrustRoot | undefined;
  /** Versions of Rekor to use, both unless told. Legacy signatures need the first: only its entries carry a signed time. */
  readonly logVersions?: readonly (1 | 2)[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Chooses as the signing config asks: of what is valid now the highest version that we speak, the newest of each operator,
 * as many as the selector says, in the order newest first (so every run chooses alike). Throws `CONFIG` when nothing is
 * left, when there are too few, or when neither a Rekor v1 log nor a timestamp authority would tell when it was signed.
 */
export function chooseServices({ config, trust, logVersions = [2, 1], now }: ServiceChoice): Services {
  const [authority] = newest(config.authorities, [1], now);
  if (authority === undefined) throw unsuitable('names no certificate authority that works now');
  const believed = config.logs.filter((log) => isBelieved(log, trust, now));
  const logs = select(believed, config.logSelector, logVersions, now);
  if (logs.length === 0 && (config.logs.length > 0 || !logVersions.includes(2))) {
    const versions = logVersions.map((version) => `v${version}`).join(' or ');
    const reason = trust === undefined ? '' : ' and that the trusted root believes';
    const state = `names no transparency log (Rekor ${versions}) that works now${reason}`;
    throw logVersions.includes(2) ? unsuitable(state) : unsuitable(state, LEGACY_HINT);
  }
  const timestamps = select(config.timestamps, config.timestampSelector, [1], now);
  if (timestamps.length === 0 && !logs.some(({ version }) => version === 1)) {
    throw unsuitable('names no timestamp authority that works now, and only Rekor v1 logs tell the time themselves');
  }
  return {
    authority: authority.url,
    logs: logs.map(({ url, version }) => ({ url, version: version === 2 ? 2 : 1 })),
    timestamps: timestamps.map(({ url }) => url),
  };
}

// A Rekor v2 log is known by its host, which its checkpoints name. One of v1 may be reached by another name than its own.
function isBelieved({ url, version }: ConfiguredService, trust: TrustRoot | undefined, now: number): boolean {
  if (trust === undefined) return true;
  return trust.material.tlogs.some(({ baseURL, validFor }) => {
    if (validFor.start.getTime() > now || validFor.end.getTime() < now) return false;
    return version < 2 || (URL.canParse(baseURL) && new URL(baseURL).hostname === url.hostname);
  });
}

/** At most one service of each operator, all of the highest version of `versions` that there is, newest first. */
function newest(
  services: readonly ConfiguredService[],
  versions: readonly number[],
  now: number,
): readonly ConfiguredService[] {
  const usable = services.filter(({ version, start, end }) => versions.includes(version) && start <= now && now <= end);
  const highest = Math.max(...usable.map(({ version }) => version));
  // The sort is stable: of equally old ones the first in the file.
  const ordered = usable.filter(({ version }) => version === highest).sort((a, b) => compareStarts(b, a));
  return ordered.filter(({ operator }, index) => ordered.findIndex((other) => other.operator === operator) === index);
}

function compareStarts(a: ConfiguredService, b: ConfiguredService): number {
  if (a.start === b.start) return 0;
  return a.start < b.start ? -1 : 1;
}

function select(
  services: readonly ConfiguredService[],
  selector: Selector,
  versions: readonly number[],
  now: number,
): readonly ConfiguredService[] {
  const found = newest(services, versions, now);
  if (selector.kind !== 'exact') return selector.kind === 'all' ? found : found.slice(0, 1);
  const { count } = selector;
  if (count >= 1 && count <= found.length) return found.slice(0, count);
  throw unsuitable(`asks for exactly ${count} services of a kind of which ${found.length} work now`);
}

const NEWEST_HINT = 'take the newest signing config of the Sigstore instance, and check the clock of this machine';
const LEGACY_HINT = 'legacy signatures need a Rekor v1 log; switch off `sign.legacy`, or sign with a key';

function unsuitable(state: string, hint: string = NEWEST_HINT): SlipwayError {
  return new SlipwayError('CONFIG', `Cannot choose signing services: the signing config ${state}`, { hint });
}
