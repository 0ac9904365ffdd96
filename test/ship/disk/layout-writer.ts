/**
 * A program for the tests of OCI layouts: `node layout-writer.js ROOT NAME COUNT` writes COUNT tagged artifacts into the
 * repository `app`, each with a new blob, and moves the tag `channel` along. Prints a line before it begins.
 */
import { argv, stdout } from 'node:process';
import { digestOf } from '../../../src/digest.ts';
import { ociLayout } from '../../../src/ship/disk/oci-layout.ts';

const [root = '', name = '', count = '0'] = argv.slice(2);
const mediaType = 'application/vnd.oci.image.manifest.v1+json';
const layout = ociLayout(root);
stdout.write('ready\n');

for (let index = 0; index < Number(count); index++) {
  const blob = Buffer.from(`${name} ${index}`);
  await layout.putBlob('app', digestOf(blob), blob);
  const layer = { mediaType: 'text/plain', digest: digestOf(blob), size: blob.length };
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: layer, layers: [layer] }));
  await layout.putManifest('app', `${name}-${index}`, manifest, { mediaType });
  await layout.putManifest('app', 'channel', manifest, { mediaType });
}
