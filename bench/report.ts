/** Numbers as a table for people. */
import type { Sample } from './publish.ts';

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** `1.23 s (1.10 to 1.50)`: the median, and the range where there is one. */
export function secondsText(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2));
  return `${median(values).toFixed(2)} s${low === high ? '' : ` (${low} to ${high})`}`;
}

const total = (sample: Sample): number =>
  Object.values(sample.receipt.requests).reduce((sum, { reads, writes }) => sum + reads + writes, 0);

/** Requests of a sample to all stores. */
export function requestsOf(samples: readonly Sample[]): number {
  return median(samples.map(total));
}

/** Megabytes of the sample that took most. */
export function megabytes(samples: readonly Sample[]): number {
  return Math.max(...samples.map(({ peakBytes }) => peakBytes)) / 1e6;
}

/** Stages with their median seconds, those above 10 ms. Stages of artifacts that overlap are summed by the receipt. */
export function stagesText(samples: readonly Sample[]): string {
  const stages = Object.keys(samples[0]?.receipt.seconds ?? {}).filter((stage) => stage !== 'total');
  const medians = stages.map((stage) => ({
    stage,
    seconds: median(samples.map(({ receipt }) => receipt.seconds[stage] ?? 0)),
  }));
  return medians
    .filter(({ seconds }) => seconds >= 0.01)
    .map(({ stage, seconds }) => `${stage} ${seconds.toFixed(2)}`)
    .join(', ');
}

/** Rows as a Markdown table with aligned columns; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
