// How each kind of tool is installed. The table of tools is in tools.mjs.
//
// Everything is made under .tools/tmp/PID and then renamed into place; the
// stamp is removed first and written last, so a stamp means a whole tool.

import { createHash } from 'node:crypto';
import {
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

const sources = fileURLToPath(new URL('go/', import.meta.url));
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
    cwd: join(sources, tool.name),
    env: goEnv(work),
    remedy: goRemedy,
  });
  return { file };
}

async function fromDebian(tool, work) {
  const remedy =
    'Needs apt-get and dpkg-deb with a Debian 12 package source that has this version ("apt-cache policy").';
  const wanted = `${tool.from}=${tool.version}`;
  // Without the sandbox user, who may not write here.
  const asUs = ['-q', '-o', 'APT::Sandbox::User=root'];
  const folder = join(work, 'unpacked');
  try {
    await run('apt-get', [...asUs, 'download', wanted], { cwd: work, remedy });
  } catch {
    // Missing or old package lists. Private ones need no root and change nothing in the system.
    const lists = join(work, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    asUs.push('-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${join(work, 'cache')}`);
    await run('apt-get', [...asUs, 'update'], { cwd: work, remedy });
    await run('apt-get', [...asUs, 'download', wanted], { cwd: work, remedy });
  }
  const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
  await run('dpkg-deb', ['-x', join(work, archive), folder], { remedy });
  return { folder, program: tool.program };
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

const kinds = {
  go: fromGo,
  source: fromSource,
  debian: fromDebian,
  pip: fromPip,
  node: fromNode,
};

/** What the stamp of a whole and current tool says: its row in the table, and what it is built from here. */
function stampOf(tool) {
  const hash = createHash('sha256').update(JSON.stringify(tool));
  if (tool.kind === 'source') {
    const folder = join(sources, tool.name);
    for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  }
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
