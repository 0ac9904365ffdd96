/** `slipway verify` on what somebody made of a signed release. */
import { expect, test } from 'vitest';
import {
  hidden,
  keysIn,
  overwrite,
  repositoryIn,
  type SignedRelease,
  sha256,
  shareRelease,
  signedRelease,
  verdicts,
} from './verify-fleet.ts';

shareRelease();

/** Points the tag of an artifact at the manifest of the other one, with everything that belongs to that. */
function serveOther(release: SignedRelease): void {
  const [north, south] = [repositoryIn(release, 'north'), repositoryIn(release, 'south')];
  for (const part of ['blobs', 'manifests'] as const) {
    for (const [digest, value] of south[part]) (north[part] as Map<string, unknown>).set(digest, value);
  }
  for (const [tag, digest] of south.tags) north.tags.set(tag, digest);
}

/** Puts a manifest of someone else under the tag. */
function replaceManifest(release: SignedRelease): void {
  const north = repositoryIn(release, 'north');
  const old = north.manifests.get(north.tags.get('prod') ?? '');
  const bytes = Buffer.from(`${old?.bytes}`.replace('"schemaVersion":2', '"schemaVersion":2,"annotations2":{}'));
  north.manifests.set(sha256(bytes), { bytes, mediaType: old?.mediaType ?? '' });
  north.tags.set('prod', sha256(bytes));
}

function serveIndex(release: SignedRelease): void {
  const north = repositoryIn(release, 'north');
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [] }));
  north.manifests.set(sha256(bytes), { bytes, mediaType });
  north.tags.set('prod', sha256(bytes));
}

function dropReferrers(release: SignedRelease): void {
  const { tags } = repositoryIn(release, 'north');
  for (const tag of [...tags.keys()].filter((name) => name.startsWith('sha256-'))) tags.delete(tag);
}

function damageLayer(release: SignedRelease): void {
  const north = repositoryIn(release, 'north');
  const manifest = JSON.parse(`${north.manifests.get(north.tags.get('prod') ?? '')?.bytes}`);
  north.blobs.set(manifest.layers[0].digest, Buffer.from('something else'));
}

test.each([
  ['another artifact of the release', serveOther, 'the signed statement lists this digest as "south", not as "north"'],
  ['a manifest that nobody signed', replaceManifest, 'it is not signed'],
  ['an index', serveIndex, 'it is not an image manifest with a layer'],
  ['a manifest whose proofs are gone', dropReferrers, 'it is not signed'],
  ['a layer that is not the one that was signed', damageLayer, 'found "sha256:'],
])('in a registry %s is not trusted', async (_, attack, reason) => {
  const release = await signedRelease();
  attack(release);
  const found = await release.verify(release.refs.eu, release.refs.eu.replace('north', 'south'));
  expect(found.code).toBe(5);
  expect(found.artifacts.map(({ verdict }) => verdict)).toEqual(['untrusted', 'trusted']);
  expect(found.artifacts[0]?.error?.message).toContain(reason);
  expect(found.artifacts[0]?.evidence).toBeUndefined();
});

test('by a digest, a manifest that is not of that digest is not trusted', async () => {
  const release = await signedRelease();
  const { tags, manifests } = repositoryIn(release, 'north');
  const digest = tags.get('prod') ?? '';
  const kept = manifests.get(digest);
  manifests.set(digest, { bytes: Buffer.from(`${kept?.bytes} `), mediaType: kept?.mediaType ?? '' });
  const found = await release.verify(release.refs.eu.replace(':prod', `@${digest}`));
  expect(found.code).toBe(5);
  expect(verdicts(found)[0]).toMatch(/^oci:\/\/127\.0\.0\.1 north untrusted /);
});

test('a name that shows something else than the record says is not trusted, and proofs that the record lists are missed', async () => {
  const release = await signedRelease();
  replaceManifest(release);
  const manifest = repositoryIn(release, 'south').tags.get('prod');
  repositoryIn(release, 'south').tags.delete(`${manifest}`.replace(':', '-'));
  const found = await release.verify('prod');
  expect(found.code).toBe(5);
  expect(found.answer.counts).toEqual({ trusted: 6, untrusted: 2, unreadable: 0 });
  expect(verdicts(found).slice(0, 2)).toEqual([
    'eu north untrusted Cannot trust "north": "fleet/north:prod" shows "sha256:…", and generation 1 of channel "prod" says "sha256:…"',
    'eu south untrusted Cannot trust "south" (sha256:…): it is not signed; the record lists the proof "sha256:…" (bundle), which is missing or damaged',
  ]);
  const [, south] = found.artifacts;
  expect(south?.error?.hint).toBe('ask whoever publishes it to run slipway publish --allow prove-again');
});

const json =
  (change: (document: Record<string, unknown>) => void) =>
  (bytes: Buffer): Uint8Array => {
    const document = JSON.parse(bytes.toString('utf8'));
    change(document);
    return Buffer.from(JSON.stringify(document));
  };

const OBJECT = 'channels/prod/north/manifests.yaml';
const altered = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from('# more\n')]);

interface EntryOf {
  readonly name: string;
  readonly content: string;
  manifest: string;
  readonly views: { readonly object: { digest: string } };
}

/** Changes what the newest record says of `north`. */
function rewrite(release: SignedRelease, change: (north: EntryOf, south: EntryOf) => void): void {
  const [key = ''] = keysIn(release, 'releases/default/prod/');
  const inRecord = json(({ artifacts }) => {
    const [north, south] = artifacts as [EntryOf, EntryOf];
    change(north, south);
  });
  overwrite(release, key, inRecord);
}

function entryOf(release: SignedRelease): EntryOf {
  let found: EntryOf | undefined;
  rewrite(release, (north) => {
    found = structuredClone(north);
  });
  if (found === undefined) throw new Error('no entry');
  return found;
}

const hex = (digest: string): string => digest.slice('sha256:'.length);

const ATTACKS: readonly (readonly [string, (release: SignedRelease) => void, string])[] = [
  ['an object', (release) => overwrite(release, OBJECT, altered), 'and generation 1 of channel "prod" says'],
  [
    'an object and its record',
    (release) => {
      overwrite(release, OBJECT, altered);
      const bytes = release.stage.live.objects.get(`gitops/${OBJECT}`)?.bytes ?? Buffer.of();
      rewrite(release, ({ views }) => {
        views.object.digest = sha256(bytes);
      });
    },
    'the signed statement is about',
  ],
  [
    'a record that names the manifest of another artifact',
    (release) =>
      rewrite(release, (north, south) => {
        north.manifest = south.manifest;
      }),
    'its manifest names the content',
  ],
  [
    'a manifest',
    (release) => overwrite(release, `manifests/sha256/${hex(entryOf(release).manifest)}.json`, altered),
    'does not match its digest',
  ],
  [
    'the content behind the object',
    (release) => overwrite(release, `content/sha256/${hex(entryOf(release).content)}.tgz`, altered),
    'does not match its digest',
  ],
  [
    'an object that lies beside it',
    ({ stage: { live } }) => {
      const object = live.objects.get(`gitops/${OBJECT}`);
      if (object !== undefined) live.objects.set('gitops/channels/prod/north/more.yaml', object);
    },
    '"channels/prod/north/more.yaml" lies beside it, and clusters read both',
  ],
  [
    'its proofs',
    (release) => {
      for (const key of keysIn(release, 'proofs/')) overwrite(release, key, altered);
    },
    'it is not signed; the record lists the proof',
  ],
];

test.each(ATTACKS)('in a bucket %s that was changed is not trusted', async (_, attack, reason) => {
  const release = await signedRelease();
  attack(release);
  const found = await release.verify(release.refs.us);
  expect(found.code).toBe(5);
  expect(found.artifacts.map(({ verdict }) => verdict)).toEqual(['untrusted']);
  expect(found.artifacts[0]?.error?.message).toContain(reason);
});

test('an artifact is not trusted under a name that is not its own', async () => {
  const release = await signedRelease();
  const found = await release.verify(release.refs.us, release.refs.disk, '--artifact', 'payments');
  expect(found.code).toBe(5);
  const [first = '', second] = found.artifacts.map(({ error }) => hidden(error?.message ?? ''));
  expect(second).toBe(
    'Cannot trust "payments" (sha256:…): the signed statement lists this digest as "north", not as "payments"',
  );
  expect(first).toContain('the signed statement lists this digest as "north", not as "payments"');
});

test('what is signed by another key is not trusted, in one line of reason for each', async () => {
  const release = await signedRelease();
  const found = await release.verify('prod', '--key', 'other.pub');
  expect(found.code).toBe(5);
  expect(found.answer.counts).toEqual({ trusted: 0, untrusted: 8, unreadable: 0 });
  expect(found.artifacts[0]?.error?.message).toContain('it is signed with another key');
});
