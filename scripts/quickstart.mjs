/**
 * `npm run quickstart`: publishes the example fleet from a temporary copy, changes one cluster, publishes again and shows
 * that nothing else moved. Needs Node and Git; writes nothing into the clone but node_modules/ and dist/. `--keep` leaves
 * the copy where it is.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');
const CHANNEL = 'live';

/** What is changed before the second publish, with and without kustomize. */
const CHANGES = {
  clusters: {
    artifact: 'staging-eu',
    what: 'two replicas of the shop in cluster staging-eu',
    file: 'clusters/staging-eu/kustomization.yaml',
    lines: 'replicas:\n  - name: shop\n    count: 2\n',
  },
  tenants: {
    artifact: 'tenant-shop',
    what: 'a quota for load balancers in tenant shop',
    file: 'tenants/shop/load-balancers.yaml',
    lines:
      'apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: load-balancers\n  namespace: shop\nspec:\n  hard:\n    services.loadbalancers: "1"\n',
  },
};

/** A failure that has a message of its own and needs no stack. */
class Stop extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const say = (text = '') => process.stdout.write(`${text}\n`);
const step = (title) => say(`\n== ${title}\n`);

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interrupt.abort());

/** Variables of a Git that called us (a hook, say) would lead ours into its repository. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));

/** Runs a program to its end; a missing program answers the code `ENOENT`. */
function run(program, args, { cwd, env = environment }) {
  const options = { cwd, env, signal: interrupt.signal, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (interrupt.signal.aborted) reject(new Stop('interrupted', 130));
      else resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

async function must(program, args, options) {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) throw new Stop(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

async function newest(path) {
  const stats = await stat(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const names = await readdir(path);
  return Math.max(stats.mtimeMs, ...(await Promise.all(names.map((name) => newest(join(path, name))))));
}

async function isBuilt() {
  if (!existsSync(cli)) return false;
  const sources = ['src', 'scripts/build.mjs', 'package.json'].map((path) => newest(join(root, path)));
  return Math.max(...(await Promise.all(sources))) <= (await stat(cli)).mtimeMs;
}

/** npm tells its scripts where it is; its program on PATH is a batch file on Windows, which cannot be run directly. */
function npm(args) {
  const path = process.env.npm_execpath;
  return path === undefined ? must('npm', args, { cwd: root }) : must(process.execPath, [path, ...args], { cwd: root });
}

async function prepare() {
  if (await isBuilt()) return;
  step('Building slipway');
  if (!existsSync(join(root, 'node_modules'))) {
    say('$ npm ci');
    await npm(['ci', '--include=dev']);
  }
  say('$ npm run build');
  await must(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root });
}

/** Git without any of the user's configuration that could get in the way, and with an identity of its own. */
function git(fleet, args, at) {
  const plain = ['commit.gpgSign=false', 'core.autocrlf=false', `core.hooksPath=${join(fleet, '.git', 'no-hooks')}`];
  const person = { NAME: 'Quickstart', EMAIL: 'quickstart@example.invalid', DATE: at };
  const identity = Object.entries(person).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ]);
  const env = { ...environment, ...Object.fromEntries(identity) };
  return must('git', [...plain.flatMap((setting) => ['-c', setting]), ...args], { cwd: fleet, env });
}

async function commit(fleet, message, at) {
  await git(fleet, ['add', '--all'], at);
  await git(fleet, ['commit', '--quiet', '--message', message], at);
}

async function makeFleet(folder) {
  const fleet = join(folder, 'fleet');
  await mkdir(fleet);
  await cp(join(root, 'examples', 'fleet'), fleet, {
    recursive: true,
    filter: (source) => !source.endsWith('.slipway'),
  });
  const at = '2026-01-01T09:00:00Z';
  await git(fleet, ['init', '--quiet', '--template='], at);
  await git(fleet, ['symbolic-ref', 'HEAD', 'refs/heads/main'], at);
  await commit(fleet, 'The fleet', at);
  return fleet;
}

/** Runs slipway as a user would, and shows what it answers. */
async function slipway(fleet, args) {
  say(`$ slipway ${args.join(' ')}`);
  const { code, stdout, stderr } = await run(process.execPath, [cli, ...args], { cwd: fleet });
  if (code !== 0) throw new Stop(`slipway ${args.join(' ')} ended with exit code ${code}:\n${stderr}`);
  say(stdout.trimEnd());
}

/** What is missing to render the clusters, in slipway's own words; undefined when nothing is. */
async function missingProgram(fleet) {
  const { stdout } = await run(process.execPath, [cli, 'build', '--output', 'json'], { cwd: fleet });
  const { error } = JSON.parse(stdout);
  return error?.code === 'TOOL_MISSING' ? error : undefined;
}

/** What the names of both stores show, read without slipway: as its consumers read them. */
async function shownNames(fleet) {
  const shown = new Map();
  const bucket = join(fleet, '.slipway', 'bucket', 'channels', CHANNEL);
  for (const name of await readdir(bucket)) {
    const bytes = await readFile(join(bucket, name, 'manifests.yaml'));
    shown.set(`bucket ${name}`, createHash('sha256').update(bytes).digest('hex'));
  }
  const layouts = join(fleet, '.slipway', 'store');
  for (const name of (await readdir(layouts)).filter((folder) => folder !== 'releases')) {
    const { manifests } = JSON.parse(await readFile(join(layouts, name, 'index.json'), 'utf8'));
    const tagged = manifests.find(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === CHANNEL);
    shown.set(`layouts ${name}`, tagged?.digest);
  }
  return shown;
}

function checkMoves(before, after, artifact) {
  const moved = [...after].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name);
  if (after.size !== before.size || moved.sort().join() !== `bucket ${artifact},layouts ${artifact}`) {
    throw new Stop(`Only "${artifact}" should have moved, but these did: ${moved.join(', ') || 'none'}`);
  }
  say(`\nChecked: ${artifact} moved in both stores, the other ${after.size - moved.length} names did not.`);
}

async function showPulled(fleet, artifact) {
  step('Reading it back');
  await slipway(fleet, ['pull', `file:.slipway/store/${artifact}:${CHANNEL}`, '-o', 'pulled']);
  const pulled = await readFile(join(fleet, 'pulled', 'manifests.yaml'), 'utf8');
  const shown = join(fleet, '.slipway', 'bucket', 'channels', CHANNEL, artifact, 'manifests.yaml');
  if (pulled !== (await readFile(shown, 'utf8'))) throw new Stop('The two stores show different manifests');
  say(`\n$ head -n 8 pulled/manifests.yaml\n${pulled.split('\n').slice(0, 8).join('\n')}`);
  say('\nChecked: the bucket shows the same bytes.');
}

async function show(folder) {
  step('A fleet with a Git history of its own');
  const fleet = await makeFleet(folder);
  say('examples/fleet, copied to a temporary folder: three clusters of two tiers, two tenants, one slipway.yaml');
  const missing = await missingProgram(fleet);
  if (missing !== undefined) {
    say(`\nOnly the plain part is published. ${missing.message}.`);
    say(`To publish the clusters too, ${missing.hint}: https://kubectl.docs.kubernetes.io/installation/kustomize/`);
  }
  const selected = missing === undefined ? [] : ['--artifact', 'tenant-shop', '--artifact', 'tenant-reports'];
  const change = missing === undefined ? CHANGES.clusters : CHANGES.tenants;

  step('Publishing it: to OCI image layouts and to a bucket, both on this disk');
  await slipway(fleet, ['publish', ...selected]);
  const before = await shownNames(fleet);

  step(`Changing one artifact: ${change.what}`);
  say(`$ cat >> ${change.file} <<EOF\n${change.lines}EOF\n$ git add --all && git commit --message 'One change'\n`);
  await appendFile(join(fleet, change.file), change.lines);
  await commit(fleet, 'One change', '2026-01-01T10:00:00Z');
  await slipway(fleet, ['publish', ...selected]);
  checkMoves(before, await shownNames(fleet), change.artifact);
  await showPulled(fleet, change.artifact);
  return fleet;
}

async function main() {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
  if ((await run('git', ['--version'], { cwd: root })).code === 'ENOENT') {
    throw new Stop('Git is not installed: install it from https://git-scm.com and run this again', 2);
  }
  await prepare();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-quickstart-'));
  try {
    const fleet = await show(folder);
    say(
      values.keep
        ? `\nEverything is in ${fleet}`
        : '\nThe temporary folder is removed again; npm run quickstart -- --keep leaves it.',
    );
    say('Next: docs/first-artifact.md publishes a folder of your own.');
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (thrown) {
  process.stderr.write(`quickstart: ${thrown instanceof Stop ? thrown.message : (thrown.stack ?? thrown)}\n`);
  process.exitCode = thrown instanceof Stop ? thrown.exitCode : 1;
}
