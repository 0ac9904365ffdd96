/** Random YAML in the shape of manifests, the same for the same seed. */

/** Numbers in [0, 1) that a seed determines. */
export type Random = () => number;

/** A small generator (mulberry32): good enough for tests. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of several. */
export function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to choose from');
  return item;
}

const KEYS = [
  'a',
  'b',
  'name',
  'spec',
  'image',
  'x-y',
  '"quoted key"',
  'app.example/part',
  'yes',
  'on',
  '1',
  '2001-01-01',
  '~',
];
const PLAIN = [
  'nginx:1.27',
  'hello world',
  'a#b',
  'it is: not',
  "it's",
  '-x',
  '?y',
  'a/b',
  '{{ x }}',
  '%d',
  '@at',
  'http://x',
  ':',
  'é',
  '日本',
];
const WORDS = ['yes', 'No', 'on', 'OFF', 'y', 'N', 'true', 'False', 'null', '~', '', 'NULL', 'tRue'];
const NUMBERS = [
  '1',
  '0755',
  '0o17',
  '0x1F',
  '1_000',
  '08',
  '1e3',
  '1.5',
  '-0',
  '+7',
  '1:30',
  '.5',
  '9007199254740993',
  '1E400',
  '12e03',
];
const DATES = ['2001-01-01', '2001-01-01T10:00:00Z', '2001-1-1 1:2:3.50', '2001-13-01'];
const QUOTED = [
  '"a\\tb"',
  "'it''s'",
  '"two\\n lines"',
  '"\\u00e9"',
  "'yes'",
  '"#no"',
  '"two\n  lines"',
  "'two\n\n    lines'",
];
const TAGGED = ['!!str 5', '!!binary aGk=', '!!int "5"', '!own x', '!!float 3', '!!bool yes', '! 12', '!!null ""'];
const MUTATIONS = [
  '\t',
  ' ',
  '\n',
  ':',
  '- ',
  '"',
  "'",
  '#',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '|',
  '>',
  '---\n',
  '...\n',
  '\r',
  ',',
  '? ',
  '\u2028',
  '\ufeff',
  '\u0000',
];

const scalarIn = (random: Random): string =>
  oneOf(random, oneOf(random, [PLAIN, PLAIN, WORDS, NUMBERS, DATES, QUOTED, QUOTED, TAGGED]));

function blockScalar(random: Random, indent: string): string {
  const header = oneOf(random, ['|', '>', '|-', '>+', '|2', '>-  # why']);
  const lines = [0, 1, 2].map(() => oneOf(random, ['text', '  more', '', '# no comment', 'a: b', '\ttab']));
  return `${header}\n${lines.map((line) => (line === '' ? '' : `${indent}  ${line}`)).join('\n')}`;
}

function flow(random: Random, depth: number): string {
  const space = () => oneOf(random, ['', ' ', '\n  ', ' # note\n ', '\n']);
  const items = Array.from({ length: Math.floor(random() * 4) }, () =>
    depth > 0 && random() < 0.3 ? flow(random, depth - 1) : oneOf(random, ['a', '"b"', 'yes', '1', "'c d'", 'x y']),
  );
  if (random() < 0.5) return `[${space()}${items.join(`,${space()}`)}${space()}]`;
  return `{${space()}${items.map((item, index) => `k${index}: ${item}`).join(`,${space()}`)}${space()}}`;
}

function nested(random: Random, indent: string, depth: number): string {
  const chance = random();
  if (depth > 0 && chance < 0.25) return `\n${mapping(random, `${indent}  `, depth - 1)}`;
  if (depth > 0 && chance < 0.4) return `\n${sequence(random, indent + oneOf(random, ['', '  ']), depth - 1)}`;
  if (chance < 0.5) return ` ${blockScalar(random, indent)}`;
  if (chance < 0.6) return ` ${flow(random, 2)}`;
  if (chance < 0.64) return ` &a ${oneOf(random, ['1', '{p: 1, q: 2}', '[1]', 'yes'])}`;
  if (chance < 0.68) return ' *a';
  return ` ${scalarIn(random)}${oneOf(random, ['', '', '', ' # note', '\t'])}`;
}

function mapping(random: Random, indent: string, depth: number): string {
  const count = 1 + Math.floor(random() * 4);
  const keys = Array.from({ length: count }, (_, index) =>
    random() < 0.15 ? oneOf(random, KEYS) : `${oneOf(random, ['key', 'field'])}${index}`,
  );
  const lines = keys.map((key) => `${indent}${key}:${nested(random, indent, depth)}`);
  if (random() < 0.08)
    lines.splice(
      Math.floor(random() * 2),
      0,
      `${indent}<<: ${oneOf(random, ['*a', '{key0: 9, m: 8}', '[{m: 1}, {m: 2}]'])}`,
    );
  return lines.join(oneOf(random, ['\n', '\n', '\n\n', `\n${indent}# note\n`]));
}

function sequence(random: Random, indent: string, depth: number): string {
  const count = 1 + Math.floor(random() * 3);
  return Array.from({ length: count }, () => {
    if (depth > 0 && random() < 0.4) return `${indent}- ${mapping(random, `${indent}  `, depth - 1).trimStart()}`;
    return `${indent}-${nested(random, indent, depth)}`;
  }).join('\n');
}

/** A ConfigMap with a random field `data`. Most of them can be read, some cannot. */
export function randomManifest(random: Random, depth = 3): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: random\ndata:\n${mapping(random, '  ', depth)}\n`;
}

/** The text with a few signs put in, taken out or doubled. */
export function mutated(random: Random, text: string): string {
  let result = text;
  for (let times = Math.floor(random() * 4); times >= 0; times--) {
    const at = Math.floor(random() * result.length);
    const removed = Math.floor(random() * 4);
    const put = random() < 0.7 ? oneOf(random, MUTATIONS) : result.slice(at, at + 20);
    result = result.slice(0, at) + put + result.slice(at + (random() < 0.5 ? removed : 0));
  }
  return result;
}
