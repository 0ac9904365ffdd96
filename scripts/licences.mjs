/** The licences of everything that is bundled, from the bundler's own list of inputs. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const RULE = `\n${'-'.repeat(80)}\n\n`;

/** The folder of the package that a bundled file comes from. */
function packageFolder(input) {
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  return folder;
}

async function noticeOf(root, folder) {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const files = (await readdir(join(root, folder)))
    .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
    .sort();
  const texts = await Promise.all(files.map(async (file) => (await readFile(join(root, folder, file), 'utf8')).trim()));
  const fallback = `Published under ${license}; the package holds no licence text.`;
  return { title: `${name} ${version} (${license})`, text: texts.length === 0 ? fallback : texts.join('\n\n') };
}

/** One text: packages that share a licence text are named together above it. */
export async function licences(root, metafiles) {
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs));
  const inputs = outputs.flatMap((output) => Object.keys(output.inputs));
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined))].sort();
  const titles = new Map();
  for (const { title, text } of await Promise.all(folders.map((folder) => noticeOf(root, folder)))) {
    titles.set(text, [...(titles.get(text) ?? []), title]);
  }
  const parts = [...titles].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  return `slipway bundles the packages below, each under its own licence.\n${RULE}${parts.join(RULE)}`;
}
