import type { Environment } from '@marcbachmann/cel-js';

/** Registers a function under a signature such as `string.find(string): string`. */
export type Add = (signature: string, handler: (...values: never[]) => unknown) => void;

/** How functions are added to an environment. None of them waits for anything. */
export function functionsOf(environment: Environment): Add {
  return (signature, handler) => {
    environment.registerFunction(signature, handler, { async: false });
  };
}
