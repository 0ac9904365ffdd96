import type { Loaded } from '../../model.ts';
import { countByLooks } from '../count.ts';
import { sourceName } from '../origins/place.ts';
import { hasYamlName } from './plain.ts';
import type { Output, RenderOptions } from './renderer.ts';

/** `render: source`: the files as they are. Objects are counted by their looks, since templates need not be YAML. */
export async function renderSource({ artifact, files }: Loaded, { read }: RenderOptions): Promise<Output> {
  const manifests = files.filter((file) => hasYamlName(file.path));
  return {
    files,
    resources: manifests.reduce((sum, { bytes }) => sum + countByLooks(textOf(bytes), read), 0),
    origins: ({ file, line, column }) => ({
      file: sourceName(artifact, file),
      ...(line > 0 && { line, column }),
    }),
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
