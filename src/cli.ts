/** The door from the command line. Only here and in action.ts is the process touched. */
import { readFileSync } from 'node:fs';

/** This tool's version. Read here and not by a module of its own, because asking for it loads nothing else. */
function toolVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Resolves when everything written so far has left the process, or cannot. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // What went wrong is told a moment later.
    const end = (): unknown => setImmediate(resolve);
    if (stream.destroyed || stream.writableEnded) end();
    else stream.write('', end);
  });
}

/** The first signal asks the run to end, the second one ends the process. */
function onSignals(stop: () => void): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130);
      asked = true;
      stop();
    });
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const controller = new AbortController();
  onSignals(() => controller.abort());
  // `slipway … | head` must not stop a publish half way: whoever stops reading misses the rest, nothing else.
  process.stderr.on('error', () => undefined);
  let lost: string | undefined;
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') lost = code ?? message;
  });
  const { runProgram } = await import('./commands/program.ts');
  const { exitCodeOf } = await import('./errors.ts');
  const { errorText } = await import('./report/error.ts');
  const context = {
    cwd: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
    signal: controller.signal,
    now: () => new Date(),
    tool: toolVersion(),
  };
  const code = await runProgram(argv, context, context.tool);
  await flushed(process.stdout);
  if (lost !== undefined) {
    const message = `Cannot write to standard output: ${lost}`;
    const hint = 'free its disk, or send the answer somewhere else; what was published is published';
    process.stderr.write(errorText({ code: 'USAGE', message, hint }));
  }
  await flushed(process.stderr);
  // Idle connections would keep the process alive for seconds.
  process.exit(code === 0 && lost !== undefined ? exitCodeOf('USAGE') : code);
}

const argv = process.argv.slice(2);
// Asking for the version is common in scripts, and loads nothing.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) process.stdout.write(`${toolVersion()}\n`);
else await main(argv);
