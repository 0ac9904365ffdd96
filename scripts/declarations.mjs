/** Type declarations for the library: what src/index.ts reaches by its declarations, nothing more. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const SPECIFIER = /(from\s+|import\()'([^']+)'/g;

/** Writes declarations into `types`. Fails when they need a package, which would not be installed. */
export async function declarations(root, types) {
  const all = `${types}-all`;
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const run = promisify(execFile);
  await run(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', all]).catch((error) => {
    throw new Error(`tsc failed:\n${error.stdout}`);
  });
  const reached = new Set(['index.d.ts']);
  for (const file of reached) {
    const text = await readFile(join(all, file), 'utf8');
    for (const [, , specifier] of text.matchAll(SPECIFIER)) {
      if (specifier.startsWith('.')) reached.add(join(dirname(file), specifier.replace(/\.ts$/, '.d.ts')));
      else if (!specifier.startsWith('node:')) throw new Error(`${file} needs the types of ${specifier}`);
    }
    await mkdir(dirname(join(types, file)), { recursive: true });
    // TypeScript looks for declarations beside the JavaScript that is named.
    const rewritten = text.replace(
      SPECIFIER,
      (_, before, specifier) => `${before}'${specifier.replace(/(?<=^\..*)\.ts$/, '.js')}'`,
    );
    await writeFile(join(all, file), rewritten);
    await rename(join(all, file), join(types, file));
  }
  await rm(all, { recursive: true });
}
