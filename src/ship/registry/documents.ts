import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Descriptor } from '../../model.ts';
import { EMPTY_CONFIG, firstLayer, MANIFEST_TYPE, RECORD_TYPE, recordManifest } from '../manifest.ts';
import type { Repositories } from '../ports.ts';

/** JSON documents kept as tagged OCI artifacts of one repository. */
export interface Documents {
  /** Undefined when the tag is absent. Throws `CORRUPT` when its document is missing. */
  read(tag: string): Promise<Uint8Array | undefined>;
  /** Nothing is written when `unless` holds for a tag, where the registry can promise that. */
  write(tag: string, bytes: Uint8Array, unless: (other: string) => boolean): Promise<'created' | 'exists'>;
}

/** The documents of one repository. */
export function documentsIn(repositories: Repositories, repository: string): Documents {
  return {
    async read(tag) {
      const manifest = await repositories.getManifest(repository, tag);
      if (manifest === undefined) return undefined;
      const layer = firstLayer(manifest.bytes);
      const bytes = layer && (await repositories.getBlob(repository, layer.digest));
      if (bytes === undefined) throw new SlipwayError('CORRUPT', `Cannot read tag "${tag}": its document is missing`);
      return bytes;
    },
    async write(tag, bytes, unless) {
      const layer: Descriptor = { mediaType: RECORD_TYPE, digest: digestOf(bytes), size: bytes.length };
      await repositories.putBlob(repository, layer.digest, bytes);
      // Every document has the same config: from the second one on a read saves its upload.
      const { descriptor: config, bytes: empty } = EMPTY_CONFIG;
      if (!(await repositories.hasBlob(repository, config.digest)))
        await repositories.putBlob(repository, config.digest, empty);
      const put = { mediaType: MANIFEST_TYPE, unless };
      return (await repositories.putManifest(repository, tag, recordManifest(layer), put)).outcome;
    },
  };
}
