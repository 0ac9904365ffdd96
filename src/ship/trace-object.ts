/** From a name in a bucket to the bytes behind it: record → artifact → object → manifest → content. */
import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Digest } from '../model.ts';
import { type LayoutName, layoutOf, renderedIn } from './bucket/layouts.ts';
import { folderOf } from './bucket/live.ts';
import { MANIFEST_TYPE } from './manifest.ts';
import type { Objects } from './ports.ts';
import type { NameSpace, Store } from './store.ts';
import { contentIn, type Listed, type Step, type Traced, untrusted, WRITTEN } from './trace.ts';
import { type JudgedRoot, judgeRoot, type RootName } from './trace-root.ts';

/** A name in a bucket, or in a folder that plays one. */
export interface ObjectName extends RootName {
  readonly objects: Objects;
  readonly layout?: LayoutName | undefined;
}

/** What a channel's newest record, or a version's claim, says. */
export interface ListedRecord {
  readonly title: string;
  readonly what: 'record' | 'claim';
  readonly shown: string;
  readonly generation: number;
  readonly artifacts: readonly Listed['entry'][];
}

/** The project whose records a bucket's names belong to: the one that is asked for where it is there, else the only one. */
export async function projectIn(
  objects: Objects,
  { asked, reference }: { readonly asked: string | undefined; readonly reference: string },
): Promise<string> {
  const home = 'releases/';
  const { prefixes } = await objects.list(home, { delimiter: '/' });
  const projects = prefixes.map((prefix) => prefix.slice(home.length, -1));
  const [first, ...others] = projects;
  if (asked !== undefined && projects.includes(asked)) return asked;
  if (first === undefined) throw absent(`"${reference}"`);
  if (others.length === 0) return first;
  throw new SlipwayError(
    'USAGE',
    `Cannot tell whose release "${reference}" is: the store has the projects ${projects.map((name) => `"${name}"`).join(', ')}`,
    { hint: 'run it with the config that names the project (--config)' },
  );
}

/** What a store says that a channel or a version shows. Throws `NOT_FOUND` when it says nothing. */
export async function listedIn(store: Store, space: NameSpace): Promise<ListedRecord> {
  const { ledger } = store;
  if (space.kind === 'version') {
    const claim = await ledger.claim(space.version);
    if (claim === undefined) throw absent(`version "${space.version}"`);
    const title = `the claim of version "${space.version}"`;
    return { title, what: 'claim', shown: space.version, generation: 0, artifacts: claim.artifacts };
  }
  const { channel } = space;
  const head = await ledger.head(channel);
  const record = head && (await ledger.read(channel, head));
  if (record === undefined) throw absent(`channel "${channel}"`);
  const { generation, artifacts } = record;
  const title = `generation ${generation} of channel "${channel}"`;
  return { title, what: 'record', shown: `generation ${generation} of ${channel}`, generation, artifacts };
}

function absent(what: string): SlipwayError {
  return new SlipwayError('NOT_FOUND', `The store has no record of ${what}`, {
    hint: 'check the name; what other tools wrote has no record, and cannot be verified in a bucket',
  });
}

/** What a record says of one artifact. Throws `UNTRUSTED` when it does not list it: nobody published it there. */
export function entryIn(record: ListedRecord, artifact: string): Listed {
  const entry = record.artifacts.find(({ name }) => name === artifact);
  if (entry !== undefined) return { title: record.title, entry };
  throw untrusted(
    artifact,
    `${record.title} does not list it`,
    'check the name; nothing vouches for what else lies there',
  );
}

/** A reader takes everything under its prefix, so that a second object would be applied too, and nobody proved it. */
async function refuseOthers(objects: Objects, folder: string, key: string, artifact: string): Promise<void> {
  const listing = await objects.list(folder);
  const other = listing.objects.find((object) => object.key !== key && !object.key.endsWith('/'));
  if (other === undefined) return;
  throw untrusted(
    artifact,
    `"${other.key}" lies beside it, and clusters read both`,
    'look who wrote it, and delete it: slipway keeps one object there',
  );
}

interface ShownObject {
  readonly key: string;
  readonly shows: Digest;
  readonly judged: JudgedRoot;
}

/** What the object is, which is what its record says, and that nothing lies beside it. */
async function shownBy(name: ObjectName, step: Step): Promise<ShownObject> {
  const { objects, listed, artifact } = name;
  const { title, entry } = listed;
  const folder = `${folderOf(name.space)}${entry.name}/`;
  const key = folder + layoutOf(entry, name.layout).file;
  const bytes = (await objects.get(key))?.bytes;
  if (bytes === undefined) throw lost(`Object "${key}" is missing, and ${title} lists it`);
  const shows = digestOf(bytes);
  step({ what: 'object', shown: key, digest: shows });
  if (layoutOf(entry, name.layout).name === 'tree') {
    await refuseOthers(objects, folder, key, artifact);
    return { key, shows, judged: await judgeRoot(name, key, bytes) };
  }
  const expected = name.store.names.shows(name.space, entry);
  if (shows !== expected) throw untrusted(artifact, `"${key}" is "${shows}", and ${title} says "${expected}"`, WRITTEN);
  await refuseOthers(objects, folder, key, artifact);
  return { key, shows, judged: { notes: [], warnings: [] } };
}

const lost = (message: string): SlipwayError =>
  new SlipwayError('NOT_FOUND', message, { hint: 'publish again to have it written again' });

/** The manifest that the record names, with the content that it names too. */
async function manifestOf({ store, listed: { title, entry }, artifact }: ObjectName, step: Step): Promise<Uint8Array> {
  const manifest = await store.shelf.manifest(entry);
  if (manifest === undefined) throw lost(`The manifest "${entry.manifest}" of artifact "${entry.name}" is missing`);
  step({ what: 'manifest', shown: '', digest: entry.manifest });
  const content = contentIn(manifest, artifact);
  if (content === entry.content) return manifest;
  const state = `its manifest names the content "${content}", and ${title} says "${entry.content}"`;
  throw untrusted(artifact, state, WRITTEN);
}

/** Follows a bucket's name. Throws `NOT_FOUND` when nothing is there, `UNTRUSTED` when it is not what its record says. */
export async function traceObject(name: ObjectName, step: Step): Promise<Traced> {
  const { store, listed, artifact } = name;
  const { entry } = listed;
  const { content } = entry;
  const { key, shows, judged } = await shownBy(name, step);
  const { length: size } = await manifestOf(name, step);
  const found = await store.proofs.found(entry);
  const manifest = { mediaType: MANIFEST_TYPE, digest: entry.manifest, size };
  return {
    shown: { name: artifact, manifest, shows: store.names.proved(entry) },
    found,
    missing: store.proofs.missing(entry, found),
    content,
    ...(entry.commit === undefined ? {} : { commit: entry.commit }),
    ...judged,
    async readContent() {
      step({ what: 'content', shown: '', digest: content });
      // A tarball is the content itself, and was read.
      if (shows === content) return;
      const goods = await store.shelf.get(entry);
      const layout = layoutOf(entry, name.layout).name;
      // Says which part it is, and whether the files of a tree are those of the content.
      if (goods === undefined || layout === 'tree') await store.shelf.check(entry);
      // Proofs of manifests and of views do not say which belong together.
      else if (digestOf(renderedIn(goods.content)) !== shows) {
        throw untrusted(artifact, `"${key}" is not made of the content "${content}"`, WRITTEN);
      }
    },
  };
}
