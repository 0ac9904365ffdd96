import type { CommandContext } from '../../src/commands/context.ts';
import { tree } from '../config/tree.ts';

/** An output that remembers what was written. */
export interface Recorded {
  write(text: string): void;
  readonly text: () => string;
  readonly isTTY?: boolean;
}

function recorder(isTTY: boolean): Recorded {
  let all = '';
  return {
    write: (text) => {
      all += text;
    },
    text: () => all,
    isTTY,
  };
}

/** A context in a new temporary folder with these files. */
export async function commandContext(
  files: Readonly<Record<string, string>> = {},
  options: {
    readonly isTTY?: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<CommandContext & { readonly stdout: Recorded; readonly stderr: Recorded }> {
  const { isTTY = false, env = {}, signal = new AbortController().signal } = options;
  return {
    cwd: await tree(files),
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    stdout: recorder(isTTY),
    stderr: recorder(isTTY),
    isTTY,
    columns: 80,
    signal,
    now: () => new Date('2026-01-02T03:04:05Z'),
  };
}
