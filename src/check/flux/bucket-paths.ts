/** A Kustomization's path against the keys that its Bucket reads. */
import type { ArtifactCheck } from '../view.ts';
import { consumedFolder } from './paths.ts';

/** Looks at Kustomizations whose Bucket is in the same artifact. */
export const checkBucketPaths: ArtifactCheck = ({ objects }, _context, report) => {
  const prefixes = new Map<string, string[]>();
  for (const { facts } of objects) {
    const prefix = facts.flux?.source?.prefix;
    if (prefix === undefined) continue;
    const key = `${facts.namespace ?? ''}/${facts.name}`;
    prefixes.set(key, [...(prefixes.get(key) ?? []), prefix]);
  }
  if (prefixes.size === 0) return;
  for (const object of objects) {
    const sync = object.facts.flux?.sync;
    if (sync?.source.kind !== 'Bucket' || sync.path === undefined || sync.path.includes('${')) continue;
    const found = prefixes.get(`${sync.source.namespace ?? ''}/${sync.source.name}`) ?? [];
    const folder = consumedFolder(sync.path);
    if (found.length === 0 || found.some((prefix) => canHold(prefix, folder))) continue;
    report(
      {
        rule: 'flux/bucket-path',
        field: ['spec', 'path'],
        message: `The Bucket "${sync.source.name}" reads keys that begin with "${found[0]}": there is no folder "${folder}"`,
        found: `"${sync.path}"`,
        expected: `a path that begins with "./${found[0]}"`,
        hint: 'keys keep their prefix: begin the path with it',
      },
      object,
    );
  }
};

/** Whether keys with a prefix can lie in a folder. */
function canHold(prefix: string, folder: string): boolean {
  if (folder === '' || prefix.includes('${')) return true;
  return prefix.startsWith(`${folder}/`) || `${folder}/`.startsWith(prefix);
}
