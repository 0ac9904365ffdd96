// Runs the commands of the tool installer.

import { spawn } from 'node:child_process';

/** A command that failed, with what a person can do about it. */
export class RunError extends Error {
  constructor(message, remedy) {
    super(message);
    this.name = 'RunError';
    this.remedy = remedy;
  }
}

const running = new Set();

/** Runs a command and returns what it printed; fails with the end of it. */
export function run(command, args, { remedy, cwd, env = {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that its compilers can be ended with it.
      detached: true,
    });
    if (child.pid !== undefined) running.add(child);
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => {
      running.delete(child);
      const what = error.code === 'ENOENT' ? `"${command}" is not installed` : error.message;
      reject(new RunError(what, remedy));
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) return resolve(output);
      const tail = output.trimEnd().split('\n').slice(-20).join('\n  ');
      const line = [command, ...args].join(' ');
      reject(new RunError(`"${line}" ended with ${code ?? signal}\n  ${tail}`, remedy));
    });
  });
}

/** Ends the commands that still run, with all that they have started. */
export function endAll() {
  for (const child of running) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}
