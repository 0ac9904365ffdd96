/** The names that slipway publishes in buckets: `PREFIX/channels/CHANNEL/ARTIFACT/FILE`, and the same of versions. */
import type { Layout } from './settings.ts';

/** Such a name, taken apart. */
export interface BucketName {
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly space:
    | { readonly kind: 'channel'; readonly channel: string }
    | { readonly kind: 'version'; readonly version: string };
  /** The artifact whose place it is. */
  readonly place: string;
  readonly layout: Layout;
}

const LAYOUT_OF = { 'manifests.yaml': 'object', 'manifests.tgz': 'tarball', 'root.yaml': 'tree' } as const;

const isName = (file: string): file is keyof typeof LAYOUT_OF => Object.hasOwn(LAYOUT_OF, file);

/** A key, or the path of a file, taken apart; undefined for what is no such name. */
export function bucketName(key: string): BucketName | undefined {
  const [, prefix = '', kind, space = '', place = '', file = ''] =
    /^(.*\/)?(channels|versions)\/([^/]+)\/([^/]+)\/([^/]+)$/s.exec(key.replaceAll('\\', '/')) ?? [];
  if (!isName(file)) return undefined;
  return {
    prefix,
    space: kind === 'channels' ? { kind: 'channel', channel: space } : { kind: 'version', version: space },
    place,
    layout: LAYOUT_OF[file],
  };
}
