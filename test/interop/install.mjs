// How each kind of tool is installed. The table of tools is in tool-table.mjs.
//
// Everything is made under .tools/tmp/PID and then renamed into place; the
// stamp is removed first and written last, so a stamp means a whole tool.

import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAll, run } from './command.mjs';
import { fromDebian } from './install-debian.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../.tools/', import.meta.url));
const bin = join(root, 'bin');
const stamps = join(root, 'stamps');
const tmp = join(root, 'tmp');
const mine = join(tmp, String(process.pid));

const goRemedy =
  'Install Go 1.26 or newer ("go version"), and check that modules can be downloaded ("go env GOPROXY").';

// No cgo: the same bytes with and without a C compiler on the machine.
const goEnv = (work) => ({ CGO_ENABLED: '0', GOWORK: 'off', GOTMPDIR: work });

// Without debug information: a third smaller, and linked sooner.
const goFlags = (tool) => ['-trimpath', '-ldflags', ['-s -w', ...(tool.ldflags ?? [])].join(' ')];

async function fromGo(tool, work) {
  const out = join(work, 'gobin');
  await run('go', ['install', ...goFlags(tool), `${tool.from}@${tool.version}`], {
    env: { ...goEnv(work), GOBIN: out },
    remedy: goRemedy,
  });
  // Named after the last part of the path, whatever we call it ourselves.
  const [built] = readdirSync(out);
  return { file: join(out, built) };
}

async function fromSource(tool, work) {
  const file = join(work, tool.name);
  await run('go', ['build', ...goFlags(tool), '-buildvcs=false', '-mod=readonly', '-o', file, '.'], {
    cwd: join(here, 'go', tool.name),
    env: goEnv(work),
    remedy: goRemedy,
  });
  return { file };
}

async function fromPip(tool, work) {
  const remedy =
    'Install python3 with its venv module (Debian: apt-get install python3-venv), and check that pip can download.';
  const folder = join(work, 'python');
  const packages = [`${tool.module}==${tool.version}`, ...tool.pins];
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const hasVenv = await run('python3', ['-m', 'venv', folder], { remedy }).then(
    () => true,
    () => false,
  );
  let start = 'exec "$here/bin/python"';
  if (hasVenv) {
    await run(join(folder, 'bin', 'python'), [...pip, ...packages], { remedy });
  } else {
    // Debian's bare python3 has no ensurepip, which venv needs; its pip can do without venv.
    rmSync(folder, { recursive: true, force: true });
    await run('python3', [...pip, '--target', join(folder, 'lib'), ...packages], { remedy });
    start = 'PYTHONPATH="$here/lib" exec python3';
  }
  // Scripts made by pip name the folder they were made in, which is renamed.
  const script = ['#!/bin/sh', 'here=$(dirname -- "$(readlink -f -- "$0")")', `${start} -m ${tool.module} "$@"`, ''];
  writeFileSync(join(folder, tool.name), script.join('\n'), { mode: 0o755 });
  return { folder, program: tool.name };
}

async function fromNode(tool, work) {
  // What the npm package "node" fetches with an install script; asked for by
  // its own name, it comes without one.
  const { platform, arch } = process;
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${platform}-${arch}`;
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', '--prefix', work, ...quiet, `${name}@${tool.version}`], {
    cwd: work,
    remedy: `Check that npm can download ("npm view ${name}@${tool.version}").`,
  });
  return { folder: join(work, 'node_modules', name), program: 'bin/node' };
}

async function fromNpm(tool, work) {
  const folder = join(work, 'package');
  // Exact versions with their digests; without addresses, so that any registry will do.
  cpSync(join(here, 'npm', tool.name), folder, { recursive: true });
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['ci', ...quiet], { cwd: folder, remedy: 'Check that npm can download ("npm ping").' });
  return { folder, program: tool.program };
}

const kinds = {
  go: fromGo,
  source: fromSource,
  debian: fromDebian,
  pip: fromPip,
  node: fromNode,
  npm: fromNpm,
};

/** The files here that a tool is made of. */
function inputsOf(tool) {
  if (tool.with !== undefined) return [join(here, tool.with)];
  const folder = { source: 'go', npm: 'npm' }[tool.kind];
  if (folder === undefined) return [];
  const home = join(here, folder, tool.name);
  return readdirSync(home)
    .sort()
    .map((name) => join(home, name));
}

/** What the stamp of a whole and current tool says: its row in the table, and what it is built from here. */
function stampOf(tool) {
  const hash = createHash('sha256').update(JSON.stringify(tool));
  for (const file of inputsOf(tool)) hash.update(readFileSync(file));
  return `${tool.version} ${process.platform} ${process.arch} ${hash.digest('hex').slice(0, 16)}\n`;
}

/** Renames what was made into place. */
function moveIn(tool, made) {
  const target = join(bin, tool.name);
  if (made.file !== undefined) {
    renameSync(made.file, target);
    return;
  }
  const home = join(root, tool.name);
  rmSync(home, { recursive: true, force: true });
  renameSync(made.folder, home);
  rmSync(target, { force: true });
  symlinkSync(join('..', tool.name, made.program), target);
}

/** Removes what runs that were cut off have left behind. */
function sweep() {
  for (const pid of readdirSync(tmp)) {
    try {
      process.kill(Number(pid), 0);
    } catch (error) {
      if (error.code === 'ESRCH') rmSync(join(tmp, pid), { recursive: true, force: true });
    }
  }
}

const stampFile = (tool) => join(stamps, tool.name);

/** Whether a tool is there, whole, and at the version of the table. */
export function isInstalled(tool) {
  return (
    existsSync(join(bin, tool.name)) &&
    existsSync(stampFile(tool)) &&
    readFileSync(stampFile(tool), 'utf8') === stampOf(tool)
  );
}

/** Installs one tool and returns what it says of its version, in a line. Needs `prepare` before. */
export async function install(tool) {
  const work = join(mine, tool.name);
  mkdirSync(work, { recursive: true });
  const made = await kinds[tool.kind](tool, work);
  rmSync(stampFile(tool), { force: true });
  moveIn(tool, made);
  const remedy = 'It was built but does not run here: see its output above.';
  const answer = await run(join(bin, tool.name), tool.check, { remedy }).catch((error) => {
    rmSync(join(bin, tool.name), { force: true });
    throw error;
  });
  writeFileSync(stampFile(tool), stampOf(tool));
  rmSync(work, { recursive: true, force: true });
  const lines = answer.trim().split('\n');
  return lines.find((line) => /\d+\.\d+\.\d+/.test(line)) ?? lines[0];
}

/** Makes the folders, and sees to it that a cut-off run ends its commands and leaves nothing. */
export function prepare() {
  for (const folder of [bin, stamps, tmp]) mkdirSync(folder, { recursive: true });
  // A dead run may have had our process id.
  cleanUp();
  sweep();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      endAll();
      cleanUp();
      process.exit(130);
    });
  }
}

/** Removes the temporary files of this run. */
export function cleanUp() {
  // Retries: what was just ended may still have been writing.
  rmSync(mine, { recursive: true, force: true, maxRetries: 10 });
}
