#!/usr/bin/env node
// Installs the real programs that the interop suite runs against into .tools/.
//
//   npm run tools                   everything
//   npm run tools -- cosign aws     only these
//
// A tool that is there at its version is left alone, so a rerun takes no time.
// To start afresh, remove .tools/.

import { RunError } from './command.mjs';
import { cleanUp, install, isInstalled, prepare } from './install.mjs';

/**
 * Every tool at its exact version.
 *
 * kind     'go': a program of a Go module; 'source': a Go program in ./go/NAME;
 *          'debian': a Debian package, unpacked and not installed; 'pip': Python
 *          packages; 'node': a Node.js binary from npm
 * ldflags  what the release build of the program sets: the version it tells
 * check    arguments that make the tool say its version: run once, must exit 0
 *
 * The slowest builds come first.
 */
const tools = [
  {
    // Four to six minutes on two cores.
    name: 'kube-apiserver',
    kind: 'source',
    version: 'v1.36.0',
    ldflags: ['-X k8s.io/component-base/version.gitVersion=v1.36.0'],
    check: ['--version'],
  },
  {
    name: 'cosign',
    kind: 'go',
    from: 'github.com/sigstore/cosign/v3/cmd/cosign',
    version: 'v3.1.2',
    check: ['version'],
  },
  {
    name: 'minio',
    kind: 'go',
    from: 'github.com/minio/minio',
    // The last commit ever: its release tags are not semantic versions.
    version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
    check: ['--version'],
  },
  {
    name: 'fulcio',
    kind: 'go',
    from: 'github.com/sigstore/fulcio',
    version: 'v1.8.8',
    check: ['version'],
  },
  {
    name: 'timestamp-server',
    kind: 'go',
    from: 'github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server',
    version: 'v2.1.3',
    check: ['version'],
  },
  {
    name: 'rekor-tiles',
    kind: 'go',
    // Its log on a file system: the others ask for a cloud's storage.
    from: 'github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix',
    version: 'v2.3.0',
    check: ['version'],
  },
  {
    name: 'helm',
    kind: 'go',
    from: 'helm.sh/helm/v4/cmd/helm',
    version: 'v4.3.1',
    // Without it helm calls itself v4.3.
    ldflags: ['-X helm.sh/helm/v4/internal/version.version=v4.3.1'],
    check: ['version', '--short'],
  },
  {
    name: 'kubectl',
    kind: 'source',
    version: 'v0.36.0',
    ldflags: ['-X k8s.io/component-base/version.gitVersion=v1.36.0'],
    check: ['version', '--client'],
  },
  {
    name: 'distribution',
    kind: 'go',
    from: 'github.com/distribution/distribution/v3/cmd/registry',
    version: 'v3.1.2',
    check: ['--version'],
  },
  {
    name: 'kustomize',
    kind: 'go',
    from: 'sigs.k8s.io/kustomize/kustomize/v5',
    // v5.8.2 and later ask for Go 1.27.
    version: 'v5.8.1',
    check: ['version'],
  },
  {
    name: 'regctl',
    kind: 'go',
    from: 'github.com/regclient/regclient/cmd/regctl',
    version: 'v0.11.7',
    check: ['version'],
  },
  {
    name: 'crane',
    kind: 'go',
    from: 'github.com/google/go-containerregistry/cmd/crane',
    version: 'v0.22.1',
    check: ['version'],
  },
  {
    name: 'kubeconform',
    kind: 'go',
    from: 'github.com/yannh/kubeconform/cmd/kubeconform',
    version: 'v0.8.0',
    ldflags: ['-X main.version=v0.8.0'],
    check: ['-v'],
  },
  { name: 'registry', kind: 'source', version: 'v0.22.1', check: ['-h'] },
  { name: 'tarlist', kind: 'source', version: 'v1.0.0', check: ['-h'] },
  { name: 'notation', kind: 'source', version: 'v1.3.2', check: ['-h'] },
  { name: 'cosign-verify', kind: 'source', version: 'v3.1.2', check: ['-h'] },
  {
    name: 'docker-registry',
    kind: 'debian',
    from: 'docker-registry',
    version: '2.8.2+ds1-1',
    program: 'usr/bin/docker-registry',
    check: ['--version'],
  },
  {
    name: 'etcd',
    kind: 'debian',
    from: 'etcd-server',
    version: '3.4.23-4+b4',
    program: 'usr/bin/etcd',
    check: ['--version'],
  },
  {
    name: 'aws',
    kind: 'pip',
    module: 'awscli',
    version: '1.46.3',
    // All of awscli's dependencies too: their ranges move, these do not.
    pins: [
      'colorama==0.4.6',
      'docutils==0.19',
      'jmespath==1.1.0',
      'pyasn1==0.6.5',
      'python-dateutil==2.9.0.post0',
      'PyYAML==6.0.3',
      'rsa==4.7.2',
      'six==1.17.0',
      'urllib3==2.8.0',
    ],
    check: ['--version'],
  },
  { name: 'node-22', kind: 'node', version: '22.23.3', check: ['--version'] },
  { name: 'node-24', kind: 'node', version: '24.21.0', check: ['--version'] },
  { name: 'node-26', kind: 'node', version: '26.10.0', check: ['--version'] },
];

/** The tools asked for by name; without names, all. */
function choose(names) {
  const unknown = names.filter((name) => !tools.some((tool) => tool.name === name));
  if (unknown.length > 0) {
    const known = tools.map((tool) => tool.name).join(', ');
    console.error(`Unknown tool: ${unknown.join(', ')}\nKnown tools: ${known}`);
    process.exit(2);
  }
  return tools.filter((tool) => names.length === 0 || names.includes(tool.name));
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Installs one tool with progress lines; what went wrong is returned, not thrown. */
async function installOne(tool) {
  const say = (text) => console.log(`${tool.name.padEnd(16)} ${text}`);
  if (isInstalled(tool)) {
    say(`${tool.version} is there`);
    return undefined;
  }
  const start = performance.now();
  say(`${tool.version} installing ...`);
  const heartbeat = setInterval(() => say(`still at it, ${seconds(start)}`), 30_000);
  try {
    const answer = await install(tool);
    say(`${tool.version} installed in ${seconds(start)}: ${answer}`);
    return undefined;
  } catch (error) {
    say(`FAILED after ${seconds(start)}`);
    return { tool, error };
  } finally {
    clearInterval(heartbeat);
  }
}

/** One after the other: two Go builds at a time only make each other slower. */
async function lane(list) {
  const failures = [];
  for (const tool of list) {
    const failure = await installOne(tool);
    if (failure !== undefined) failures.push(failure);
  }
  return failures;
}

function report(failures, start) {
  for (const { tool, error } of failures) {
    console.error(`\nCannot install ${tool.name} ${tool.version}: ${error.message}`);
    if (error instanceof RunError) console.error(`Remedy: ${error.remedy}`);
    else console.error(error.stack);
  }
  if (failures.length > 0) {
    const names = failures.map(({ tool }) => tool.name).join(' ');
    console.error(`\n${failures.length} failed. After the remedy: npm run tools -- ${names}`);
    process.exitCode = 1;
  } else {
    console.log(`All tools are in .tools/bin (${seconds(start)})`);
  }
}

async function main() {
  const start = performance.now();
  const chosen = choose(process.argv.slice(2));
  prepare();
  const compiled = (tool) => tool.kind === 'go' || tool.kind === 'source';
  try {
    // Compiling and downloading go on side by side: one needs the cores, the other the network.
    const failures = await Promise.all([lane(chosen.filter(compiled)), lane(chosen.filter((tool) => !compiled(tool)))]);
    report(failures.flat(), start);
  } finally {
    cleanUp();
  }
}

await main();
