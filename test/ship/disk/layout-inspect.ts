/** OCI image layouts seen with a stranger's eyes: only what the image-spec says. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { digestOf } from '../../../src/digest.ts';

/** A descriptor in an index. */
export interface Listed {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a stranger finds: the descriptors of the index, after checking that the layout is valid and complete. */
export async function inspectLayout(folder: string): Promise<readonly Listed[]> {
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  expect(JSON.parse(await text('oci-layout'))).toEqual({ imageLayoutVersion: '1.0.0' });
  const index = JSON.parse(await text('index.json'));
  expect(index).toMatchObject({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' });
  for (const name of await readdir(join(folder, 'blobs', 'sha256'))) {
    expect(digestOf(await readFile(join(folder, 'blobs', 'sha256', name)))).toBe(`sha256:${name}`);
  }
  for (const { digest: listed, size } of index.manifests) {
    const bytes = await readFile(join(folder, 'blobs', 'sha256', listed.slice(7)));
    expect(bytes.length).toBe(size);
    for (const { digest: layer } of JSON.parse(bytes.toString()).layers ?? []) {
      expect(await readdir(join(folder, 'blobs', 'sha256'))).toContain(layer.slice(7));
    }
  }
  return index.manifests;
}

/** The tag of a descriptor, if it has one. */
export function tagOf({ annotations }: Listed): string | undefined {
  return annotations?.['org.opencontainers.image.ref.name'];
}
