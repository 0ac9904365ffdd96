/** Writes the files that are made from the sources: schemas, action.yml, docs/reference, docs/rules.md. Run it after changing an option, a schema or a rule. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { importBundled, root } from './bundled.mjs';

const { documents } = await importBundled('scripts/documents.ts');
for (const [path, text] of await documents()) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
