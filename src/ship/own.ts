/** What this run brings to the record: an entry for each packed artifact, with the manifest that equal content has. */
import { digestOf, viewOfBytes } from '../digest.ts';
import type { Digest, Entry, Proof, VersionClaim } from '../model.ts';
import { byContent, currentRecords } from './known.ts';
import { fluxManifest } from './manifest.ts';
import { type Compared, keyOf } from './release.ts';

/** The entries this run would publish, with the manifests it made and where kept ones lie. */
export interface Own {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly manifests: ReadonlyMap<Digest, Uint8Array>;
  readonly origins: ReadonlyMap<Digest, Entry>;
  /** What other channels show; empty when nobody had to be asked. */
  readonly elsewhere: readonly Entry[];
}

/** Equal content keeps the manifest it has anywhere: the claim's first, then the channel's, then any channel's. */
export async function ownEntries(
  { plan, packed, sites, line }: Compared,
  claim: VersionClaim | undefined,
): Promise<Own> {
  const listed = [...(claim?.artifacts ?? []), ...(line.newest?.artifacts ?? [])];
  const near = byContent(listed);
  const settled = packed.every(({ content }) => near.has(content.digest));
  const elsewhere = settled ? [] : (await currentRecords(sites)).flatMap(({ artifacts }) => artifacts);
  const far = byContent(elsewhere);
  const proofs = proofsOf([...listed, ...elsewhere]);

  const { commit, commitTime } = plan.provenance;
  const order = commit === undefined || commitTime === undefined ? {} : { commit, commitTime };
  const manifests = new Map<Digest, Uint8Array>();
  const origins = new Map<Digest, Entry>();
  const entries = packed.map(({ name, content, views, resources }): Entry => {
    const known = near.get(content.digest) ?? far.get(content.digest);
    // Made even where it is known: the commit that made a manifest can bring it back when every store lost it.
    const made = fluxManifest(content, plan.provenance);
    manifests.set(digestOf(made), made);
    const manifest = known?.manifest ?? digestOf(made);
    if (known !== undefined) origins.set(manifest, known);
    const md5 = manifest === digestOf(made) ? viewOfBytes(made).md5 : known?.manifestMd5;
    const told = { manifest, ...(md5 !== undefined && { manifestMd5: md5 }) };
    const kept = { content: content.digest, ...told, size: content.size, resources, views };
    return { name, ...order, ...kept, proofs: proofs({ name, manifest, views }), since: 0 };
  });
  return { entries: new Map(entries.map((entry) => [entry.name, entry])), manifests, origins, elsewhere };
}

type Proved = Pick<Entry, 'name' | 'manifest' | 'views'>;

/**
 * Proofs name the artifact: those of an equal manifest under another name do not count. The first entry that has some wins.
 * Equal bytes may be shown in another way, of which the proof of views does not speak.
 */
function proofsOf(entries: readonly Entry[]): (of: Proved) => readonly Proof[] {
  const known = new Map<string, Entry>();
  for (const entry of entries) if (entry.proofs.length > 0 && !known.has(keyOf(entry))) known.set(keyOf(entry), entry);
  return (of) => {
    const entry = known.get(keyOf(of));
    const sameViews = entry?.views.object?.digest === of.views.object?.digest;
    return (entry?.proofs ?? []).filter(({ kind }) => kind !== 'views' || sameViews);
  };
}
