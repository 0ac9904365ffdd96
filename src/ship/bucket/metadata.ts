/** What an object of a name says about itself, for people who look into the bucket. */
import type { Goods } from '../store.ts';

const REVISION = 'org.opencontainers.image.revision';

function revisionIn(manifest: Uint8Array): string | undefined {
  try {
    const { annotations } = JSON.parse(Buffer.from(manifest).toString('utf8')) as {
      readonly annotations?: Readonly<Record<string, unknown>>;
    };
    const revision = annotations?.[REVISION];
    return typeof revision === 'string' ? revision : undefined;
  } catch {
    return undefined;
  }
}

/** Metadata travels in headers: what is not ASCII is written as in a URL. */
const ascii = (text: string): string => text.replace(/[^\x21-\x7e]+/gu, (found) => encodeURIComponent(found));

/**
 * Metadata of what shows these goods: the digests of manifest and content, the commit of the record's entry, and the
 * revision `main@sha1:HEX` of the run that published the content first, as far as they are known.
 */
export function metadataOf({ entry, manifest }: Goods): Readonly<Record<string, string>> {
  const revision = revisionIn(manifest);
  return {
    'slipway-manifest': entry.manifest,
    'slipway-content': entry.content,
    ...(entry.commit === undefined ? {} : { 'slipway-commit': entry.commit }),
    ...(revision === undefined ? {} : { 'slipway-revision': ascii(revision) }),
  };
}
