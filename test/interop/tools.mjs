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
import { tools } from './tool-table.mjs';

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
