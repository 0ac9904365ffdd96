import { gzip } from '../archive/gzip.ts';
import { tar } from '../archive/tar.ts';
import { digestOf, viewOfBytes } from '../digest.ts';
import type { Checked, Packed, SourceFile, Views } from '../model.ts';

/** The media type of an artifact's content, as `flux push artifact` names it. */
export const CONTENT_MEDIA_TYPE = 'application/vnd.cncf.flux.content.v1.tar+gzip';

/**
 * Packs an artifact: one tar+gzip whose digest depends on paths and bytes only, never on clock, mode, order or platform.
 * Throws `INVALID` for file names that Flux would refuse.
 */
export function pack(checked: Checked): Packed {
  const { artifact, files, resources, renderer, input, findings } = checked;
  const bytes = gzip(tar(files));
  return {
    name: artifact.name,
    render: artifact.render.kind,
    content: { mediaType: CONTENT_MEDIA_TYPE, digest: digestOf(bytes), size: bytes.length },
    bytes,
    views: viewsOf(bytes, artifact.render.kind === 'source' ? undefined : files[0]),
    resources,
    ...(renderer === undefined ? {} : { renderer }),
    ...(input === undefined ? {} : { input }),
    findings,
  };
}

/** A rendered artifact is one file, and that file is its object view. */
function viewsOf(content: Uint8Array, rendered: SourceFile | undefined): Views {
  const tarball = viewOfBytes(content);
  return rendered === undefined ? { tarball } : { tarball, object: viewOfBytes(rendered.bytes) };
}
