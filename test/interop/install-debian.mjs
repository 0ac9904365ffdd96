// Debian packages, unpacked and not installed: no root, and nothing of the system changes.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Unpacks a tool's package, or several with a program that runs any of theirs, into a folder of `work`. */
export async function fromDebian(tool, work) {
  const folder = join(work, 'unpacked');
  await downloadDebian(tool, work);
  const remedy = 'Needs dpkg-deb, and space for the packages.';
  for (const archive of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
    await run('dpkg-deb', ['-x', join(work, archive), folder], { remedy });
  }
  if (tool.with === undefined) return { folder, program: tool.program };
  rmSync(join(folder, 'usr/share/doc'), { recursive: true, force: true });
  const libraries = readdirSync(join(folder, 'usr/lib')).filter((name) => name.endsWith('-linux-gnu'));
  // Programs that have private libraries keep them in a folder of their own name.
  const places = libraries.flatMap((name) => [`usr/lib/${name}`, `lib/${name}`, `usr/lib/${name}/${tool.name}`]);
  const paths = places.map((place) => `$here/${place}`);
  const script = [
    '#!/bin/sh',
    'here=$(dirname -- "$(readlink -f -- "$0")")',
    `export LD_LIBRARY_PATH="${paths.join(':')}"`,
    'program=$1',
    'shift',
    'exec "$here/usr/bin/$program" "$@"',
    '',
  ];
  writeFileSync(join(folder, 'run'), script.join('\n'), { mode: 0o755 });
  return { folder, program: 'run' };
}

/** Fetches the packages of a tool into `work`. */
async function downloadDebian(tool, work) {
  const remedy =
    'Needs apt-get with a Debian 12 package source that has this version ("apt-cache policy"), or the new one in the table.';
  const server = `${tool.from}=${tool.version}`;
  const others = tool.with === undefined ? [] : packagesIn(tool.with);
  // Without the sandbox user, who may not write here.
  const asUs = ['-q', '-o', 'APT::Sandbox::User=root'];
  const download = (packages) => run('apt-get', [...asUs, 'download', ...packages], { cwd: work, remedy });
  try {
    await download([server, ...others]);
  } catch {
    // Missing or old package lists. Private ones need no root and change nothing in the system.
    const lists = join(work, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    asUs.push('-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${join(work, 'cache')}`);
    await run('apt-get', [...asUs, 'update'], { cwd: work, remedy });
    try {
      await download([server, ...others]);
    } catch (error) {
      if (others.length === 0) throw error;
      // Debian drops a package when it is mended. A library of the same release with a mended fault does as well.
      console.log(`${tool.name.padEnd(16)} with newer packages than those of ${tool.with}`);
      await download([server, ...others.map((name) => name.replace(/=.*/, ''))]);
    }
  }
}

/** `name=version` of every line. */
function packagesIn(list) {
  const lines = readFileSync(join(here, list), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}
