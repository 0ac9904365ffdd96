/** This tool's version, for doors that tell it in proofs. */
import { readFileSync } from 'node:fs';

/** Reads the `package.json` one folder above the door, whose URL is given. */
export function toolVersion(door: string): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', door), 'utf8')) as { version: string };
  return version;
}
