/** Whether the root of a tree sends clusters where it may: to the content of its record, in a bucket that somebody confirms. */
import { digestOf } from '../digest.ts';
import type { BucketAccess, Digest } from '../model.ts';
import { readRoot, rootBytes, treeFolder } from './bucket/tree-root.ts';
import { differences } from './consumers.ts';
import type { NameSpace, OtherConsumers, Store } from './store.ts';
import { type Listed, untrusted, WRITTEN } from './trace.ts';

/** What a root has to say where no config says how clusters reach the bucket. */
export interface Unconfigured {
  readonly project: string;
  /** The store's prefix inside the bucket: empty or ending with a slash. */
  readonly keyPrefix: string;
}

/** The name of a tree that is verified. */
export interface RootName {
  readonly store: Store;
  readonly space: NameSpace;
  readonly listed: Listed;
  /** The name that the proof has to have. */
  readonly artifact: string;
  /** Absent where the config says how clusters reach the bucket. */
  readonly unconfigured?: Unconfigured | undefined;
  /** Whether clusters told so read the bucket that the reference names; absent for a folder, which any bucket may be a copy of. */
  readonly confirms?: ((access: BucketAccess) => boolean) | undefined;
}

/** What is to be said of a root that is as it should be. */
export interface JudgedRoot {
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

const CONFIG = 'run it with the config that says how clusters reach the bucket (--config)';
const FINE: JudgedRoot = { notes: [], warnings: [] };

const sends = ({ bucket, endpoint, insecure }: BucketAccess): string =>
  `bucket "${bucket}" at "${endpoint}"${insecure ? ' without TLS' : ''}`;

/** A root that is not the one this config makes. Throws `UNTRUSTED` unless only its consumers are others, in a bucket that is confirmed. */
async function judgeOther(name: RootName, key: string, shows: Digest): Promise<JudgedRoot> {
  const { store, space, listed, artifact, confirms } = name;
  const { names } = store;
  const { entry } = listed;
  const held = await names.held(space, [entry], { inFull: true });
  const others = names.otherConsumers(space, entry);
  if (held.get(entry.name) !== shows || others === undefined || !names.isOtherForm(space, entry, shows)) {
    throw wrong(name, key, { shows, expected: names.shows(space, entry), hint: WRITTEN });
  }
  const text = `it is written for other consumers: ${differences(others)}`;
  if (!isSameBucket(others) && confirms?.(others.was) !== true) {
    throw untrusted(artifact, `"${key}" is not what this config writes: ${text}`, OUTDATED);
  }
  return { notes: [], warnings: [text] };
}

const OUTDATED = 'if the config changed and that is where clusters used to go, publish; else someone else wrote it';

const isSameBucket = ({ was, is }: OtherConsumers): boolean =>
  was.bucket === is.bucket && was.endpoint === is.endpoint && was.insecure === is.insecure;

interface Wrong {
  readonly shows: Digest;
  readonly expected: Digest;
  readonly hint: string;
}

const wrong = ({ artifact, listed }: RootName, key: string, { shows, expected, hint }: Wrong): Error =>
  untrusted(artifact, `"${key}" is "${shows}", and ${listed.title} says "${expected}"`, hint);

/** Without a config a root may send clusters to the bucket that it lies in, and nowhere else. */
function judgeBare(name: RootName, key: string, bytes: Uint8Array, bare: Unconfigured): JudgedRoot {
  const { space, listed, artifact, confirms } = name;
  const { name: entryName, content } = listed.entry;
  const { project, keyPrefix } = bare;
  const written = readRoot(bytes)?.access;
  if (written === undefined) throw untrusted(artifact, `"${key}" is no root that slipway wrote`, WRITTEN);
  const folder = keyPrefix + treeFolder(content);
  const expected = digestOf(rootBytes({ project, space, artifact: entryName, content, folder, access: written }));
  const shows = digestOf(bytes);
  if (shows !== expected) throw wrong(name, key, { shows, expected, hint: WRITTEN });
  const { provider, namespace, secretRef } = written;
  const login = secretRef === undefined ? 'no Secret' : `Secret "${secretRef}"`;
  const text = `it sends clusters to ${sends(written)}, provider "${provider}", ${login}, namespace "${namespace}"`;
  if (confirms?.(written) === false) {
    throw untrusted(artifact, `"${key}": ${text}, which is not the bucket that it lies in`, CONFIG);
  }
  if (confirms === undefined) return { notes: [], warnings: [`${text}, which no config confirmed`] };
  return { notes: [`${text}; no config says how clusters log in`], warnings: [] };
}

/** Judges a root by its key and bytes. Throws `UNTRUSTED`. */
export async function judgeRoot(name: RootName, key: string, bytes: Uint8Array): Promise<JudgedRoot> {
  const { store, space, listed, unconfigured } = name;
  if (unconfigured !== undefined) return judgeBare(name, key, bytes, unconfigured);
  const shows = digestOf(bytes);
  return shows === store.names.shows(space, listed.entry) ? FINE : judgeOther(name, key, shows);
}
