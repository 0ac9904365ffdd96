/** Amounts that the API server takes and nobody means: memory in thousandths of a byte, processors by the million. */
import { quote, type Site } from '../site.ts';

const MEBIBYTE = 2 ** 20;

/** More than any machine has. */
const MOST_CORES = 4096;

const BYTES: ReadonlySet<string> = new Set(['memory', 'ephemeral-storage']);

interface Odd {
  readonly problem: string;
  readonly hint: string;
}

function oddBytes(written: string, count: number): Odd | undefined {
  if (count <= 0 || count >= MEBIBYTE) return undefined;
  const [, thousandths] = /^(\d+)m$/.exec(written) ?? [];
  return {
    problem: count < 1 ? 'less than a byte' : `${Math.round(count)} bytes`,
    hint: thousandths === undefined ? 'write the amount with Mi or Gi' : `write ${thousandths}Mi for mebibytes`,
  };
}

function oddCores(written: string, count: number): Odd | undefined {
  if (count <= MOST_CORES && !written.endsWith('i')) return undefined;
  const [, digits] = /^(\d+)(?:[KMG]i)?$/.exec(written) ?? [];
  return {
    problem: `${Math.round(count)} processors`,
    hint: digits === undefined ? 'write the number of processors' : `write ${digits}m for thousandths of a processor`,
  };
}

/** Says so of an amount that is surely a mistake. */
export function oddAmount(name: string, value: unknown, count: number, site: Site): void {
  const written = String(value).trim();
  const odd = BYTES.has(name) ? oddBytes(written, count) : name === 'cpu' ? oddCores(written, count) : undefined;
  if (odd === undefined) return;
  site.breach('object/odd-quantity', `${site.name(name)} is ${quote(value)}, which is ${odd.problem}`, {
    at: [name],
    found: quote(value),
    hint: odd.hint,
  });
}
