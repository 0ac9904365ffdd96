/** Documents of all sorts, the same for the same seed: noise, broken YAML, and objects with the strangest values. */
import { edited } from '../../check/yaml/edited-yaml.ts';
import { mutated, oneOf, type Random, randomManifest, randomOf } from '../../check/yaml/random-yaml.ts';
import { seeds } from './corpus.ts';
import type { Manifest } from './manifest.ts';

const SIGNS = [
  ...'\n\n\n  :--[]{},&*!|>\'"%@`#?~<=+.01ay\t\\',
  '\u2028',
  '😀',
  '\ud800',
  '\u0007',
  '---\n',
  '<<: ',
  '&a ',
];

/** Values that somebody could write anywhere. */
const STRANGE: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 31,
    2 ** 53,
    1e300,
    '',
    'a',
    'yes',
    '0',
    '-',
    '*',
    '/',
    '$',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux substitutes it
    'a${b}',
    '{{ x }}',
    '\n',
  ],
  ...['a'.repeat(300), 'a,'.repeat(200), '('.repeat(50), '*/0 * * * *', '1Gi', '1e-9', '99999999999999999999', '::1'],
  ...['10.0.0.0/33', 'sha256:', 'a@b:c', '😀', '\u0000', '__proto__', 'constructor', 'https://', 'a.b/c', '2001-01-01'],
  ...[
    [],
    {},
    [null],
    [[]],
    { a: null },
    { '': '' },
    [{}, {}],
    JSON.parse('{"__proto__": 1, "toString": 2}'),
    Array.from({ length: 50 }, () => 'x'),
  ],
];

const OBJECTS = seeds();
const noise = (random: Random): string =>
  Array.from({ length: Math.floor(random() * 60) }, () => oneOf(random, SIGNS)).join('');

/** A copy: it may be changed like the rest. */
const anything = (random: Random): unknown => structuredClone(oneOf(random, STRANGE));

/** A random place below a value: what holds it, and its key. */
function placeIn(random: Random, root: object): readonly [object, string] {
  let holder = root;
  for (;;) {
    const key = oneOf(random, Object.keys(holder));
    const value: unknown = Reflect.get(holder, key);
    const isDeep = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    if (!isDeep || random() < 0.15) return [holder, key];
    holder = value;
  }
}

/** An object of some kind with a few fields taken away, put elsewhere or made strange. */
function strange(random: Random): Manifest {
  const object = structuredClone(oneOf(random, OBJECTS));
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) {
    const [holder, key] = placeIn(random, object);
    const [other, otherKey] = placeIn(random, object);
    const change = random();
    if (change < 0.15) Reflect.deleteProperty(holder, key);
    else if (change < 0.3) Reflect.set(other, otherKey, structuredClone(Reflect.get(holder, key)));
    else if (change < 0.4) Reflect.set(holder, oneOf(random, ['x', 'name', 'kind', '', 'metadata']), anything(random));
    else Reflect.set(holder, key, anything(random));
  }
  return object;
}

/** The document of a seed. */
export function fuzzDocument(seed: number): string {
  const random = randomOf(seed);
  const kind = random();
  if (kind < 0.05) return noise(random);
  if (kind < 0.2) return mutated(random, randomManifest(random, 2));
  if (kind < 0.4) return edited(random);
  const json = JSON.stringify(strange(random), undefined, random() < 0.5 ? 1 : undefined);
  return kind < 0.5 ? mutated(random, json) : json;
}
