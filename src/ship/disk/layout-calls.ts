/** What every call on a store on disk has in common. */
import type { Meter } from '../ports.ts';
import { fileError } from './layout-files.ts';

/** Runs one call; `task` completes `Cannot read …` or `Cannot write …`. */
export type Call = <T>(task: string, work: () => Promise<T>) => Promise<T>;

/** Counts the calls on the store at `root`, and explains what the file system throws. */
export function calls(root: string, meter: Meter): { readonly read: Call; readonly write: Call } {
  const explained = async <T>(task: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fileError(`${task} in "${root}"`, error);
    }
  };
  return {
    read(task, work) {
      meter.reads += 1;
      return explained(`read ${task}`, work);
    },
    write(task, work) {
      meter.writes += 1;
      return explained(`write ${task}`, work);
    },
  };
}
