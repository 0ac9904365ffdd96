/** A place in a file. Both count from 1; columns count characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line breaks from one offset to another. */
export function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Finds places in a text; the lines are counted once. */
export class Places {
  private readonly text: string;
  private starts: readonly number[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The place of an offset in UTF-16 code units. */
  at(offset: number): Position {
    this.starts ??= [0, ...Array.from(this.text.matchAll(/\n/g), ({ index }) => index + 1)];
    let line = 0;
    // The last line that begins at or before the offset, by halves.
    for (let step = 2 ** Math.ceil(Math.log2(this.starts.length)); step >= 1; step /= 2) {
      const start = this.starts[line + step];
      if (start !== undefined && start <= offset) line += step;
    }
    const before = this.text.slice(this.starts[line], offset).replace(/^\uFEFF/, '');
    return { line: line + 1, column: [...before].length + 1 };
  }
}
