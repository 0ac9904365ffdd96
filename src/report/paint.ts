/** Colours of a terminal, or none. */

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** What a text may look like. */
export type Colour = keyof typeof CODES;

/** Paints text; the identity where colours are off. */
export type Paint = (colour: Colour, text: string) => string;

/** A painter that uses ANSI escapes only when `on`. */
export function painter(on: boolean): Paint {
  if (!on) return (_, text) => text;
  return (colour, text) => `\u001b[${CODES[colour][0]}m${text}\u001b[${CODES[colour][1]}m`;
}
