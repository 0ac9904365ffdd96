import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** The words: what everybody may use. */
const WORDS = ['model.ts', 'errors.ts', 'digest.ts', 'concurrency.ts', 'grouped.ts'];

/**
 * What each part of src/ may import. Read it as the map of the project: stages never import one another, they meet in
 * `pipeline.ts`; only the wiring knows all of them; only doors know the wiring.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'model.ts': ['model'],
  model: [],
  'errors.ts': ['model.ts'],
  'concurrency.ts': [],
  'grouped.ts': [],
  'stopwatch.ts': [],
  'tool-version.ts': [],
  'digest.ts': ['model.ts'],
  archive: WORDS,
  yaml: [],
  wire: [...WORDS, 'ship/ports.ts', 'ship/history.ts'],
  build: [...WORDS, 'archive', 'yaml', 'wire/exec.ts'],
  check: [...WORDS, 'yaml', 'config/suggest.ts'],
  seal: [...WORDS, 'wire'],
  ship: [...WORDS, 'archive', 'config/suggest.ts'],
  watch: [...WORDS, 'yaml'],
  config: [...WORDS, 'yaml', 'check/engine/registry.ts', 'check/tenancy'],
  'explain.ts': ['errors.ts', 'check', 'config'],
  'inspect.ts': [...WORDS, 'config', 'open-fetch.ts', 'plan.ts', 'pipeline.ts'],
  'pipeline.ts': ['model.ts', 'plan.ts', 'open-sources.ts', 'build', 'check', 'seal', 'ship', 'watch'],
  'open-sources.ts': [...WORDS, 'build'],
  'open-store.ts': ['config', 'seal/forms.ts', 'ship', 'wire'],
  'open-check.ts': [...WORDS, 'check', 'wire'],
  'open-seal.ts': [...WORDS, 'open-seal', 'config', 'seal'],
  'open-seal': [...WORDS, 'config', 'seal', 'wire'],
  'open-gates.ts': [...WORDS, 'config', 'ship', 'wire'],
  'open-prune.ts': ['config', 'open-store.ts', 'plan.ts', 'ship'],
  'plan.ts': [
    ...WORDS,
    'stopwatch.ts',
    'open-check.ts',
    'open-gates.ts',
    'open-seal.ts',
    'open-sources.ts',
    'open-store.ts',
    'config',
    'build',
    'check',
    'seal',
    'ship',
    'watch',
    'wire',
  ],
  'open-fetch.ts': ['config', 'open-check.ts', 'open-store.ts', 'plan.ts', 'ship'],
  verify: [
    ...WORDS,
    'config',
    'plan.ts',
    'pipeline.ts',
    'open-store.ts',
    'open-seal.ts',
    'seal/forms.ts',
    'ship',
    'wire',
  ],
  doctor: [...WORDS, 'config', 'plan.ts', 'open-store.ts', 'ship', 'wire'],
  heal: [...WORDS, 'stopwatch.ts', 'config', 'plan.ts', 'pipeline.ts', 'open-store.ts', 'open-seal.ts', 'ship'],
  control: [
    ...WORDS,
    'stopwatch.ts',
    'config',
    'plan.ts',
    'pipeline.ts',
    'live',
    'open-gates.ts',
    'open-store.ts',
    'open-seal.ts',
    'seal/forms.ts',
    'ship',
    'wire',
  ],
  planned: [...WORDS, 'stopwatch.ts', 'config', 'plan.ts', 'pipeline.ts', 'ship'],
  live: [
    ...WORDS,
    'config',
    'plan.ts',
    'open-fetch.ts',
    'open-sources.ts',
    'open-store.ts',
    'open-seal.ts',
    'ship',
    'watch',
    'pipeline.ts',
  ],
  'options.ts': ['options'],
  options: [],
  report: [...WORDS, 'check/rule.ts', 'watch/diff/list-matches.ts'],
  commands: [
    ...WORDS,
    'archive',
    'options.ts',
    'config',
    'open-fetch.ts',
    'open-prune.ts',
    'plan.ts',
    'pipeline.ts',
    'inspect.ts',
    'explain.ts',
    'check/engine/registry.ts',
    'seal/keys/generate.ts',
    'verify',
    'heal',
    'control',
    'live',
    'planned',
    'ship/control/change.ts',
    'doctor',
    'report',
  ],
  'library-context.ts': ['tool-version.ts', 'library', 'plan.ts'],
  library: [...WORDS, 'library-context.ts', 'config', 'control', 'live'],
  'library.ts': [
    'library-context.ts',
    'library/context.ts',
    'model.ts',
    'config',
    'open-fetch.ts',
    'open-prune.ts',
    'plan.ts',
    'planned',
    'pipeline.ts',
    'inspect.ts',
    'explain.ts',
    'verify',
    'doctor',
    'heal',
    'control',
    'live',
    'check/rule.ts',
  ],
  'index.ts': [
    'model.ts',
    'errors.ts',
    'config',
    'control',
    'library',
    'library-context.ts',
    'library.ts',
    'plan.ts',
    'planned',
    'check/rule.ts',
  ],
  'cli.ts': ['commands', 'errors.ts', 'options.ts', 'report'],
  'check-worker.ts': ['check'],
  'action.ts': ['tool-version.ts', 'commands', 'errors.ts', 'model.ts', 'options.ts', 'report'],
};

/** Modules that open sockets or start processes, and the only places that may. */
const WIRES: Readonly<Record<string, RegExp>> = {
  'node:child_process': /^wire\/exec\.ts$/,
  'node:worker_threads': /^(?:wire\/thread|check-worker)\.ts$/,
  'node:http': /^wire\//,
  'node:https': /^wire\//,
  'node:net': /^wire\//,
  'node:tls': /^wire\//,
  'node:dns': /^wire\//,
  '@aws-sdk/client-s3': /^wire\/s3/,
};

const DOORS = ['cli.ts', 'action.ts'];
const MAX_LINES = 250;

interface Source {
  readonly path: string;
  readonly text: string;
  /** Paths relative to src/, or module names. */
  readonly imports: readonly string[];
}

function importsOf(path: string, text: string): readonly string[] {
  const specifiers = [
    ...text.matchAll(/(?:^|\n)(?:import|export)\s[^;]*?from\s+'([^']+)'|import\('([^']+)'\)/g),
  ].flatMap((match) => match[1] ?? match[2] ?? []);
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier,
  );
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });

const within = (path: string, part: string): boolean => path === part || path.startsWith(`${part}/`);
const partOf = (path: string): string => path.split('/')[0] ?? path;

/** Code without comments and strings: what it says in prose does not count. */
const code = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, '');

describe.each(sources)('$path', ({ path, text, imports }) => {
  test('imports only what the map allows', () => {
    const own = partOf(path);
    const allowed = MAY_IMPORT[own];
    expect(allowed, `"${own}" is not on the map`).toBeDefined();
    const foreign = imports.filter(
      (target) => target.endsWith('.ts') && !within(target, own) && !allowed?.some((part) => within(target, part)),
    );
    expect(foreign).toEqual([]);
  });

  test('opens sockets and starts processes only on the wire', () => {
    const stray = imports.filter((module) => WIRES[module] !== undefined && !WIRES[module].test(path));
    expect(stray).toEqual([]);
    if (!within(path, 'wire')) expect(code(text)).not.toMatch(/(?<![.\w])fetch\(/);
  });

  test('leaves the process to the doors', () => {
    if (DOORS.includes(path)) return;
    expect(code(text)).not.toMatch(/(?<![.\w])(?:process|console)\./);
  });

  test(`has at most ${MAX_LINES} lines`, () => {
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(MAX_LINES);
  });
});

test('no file imports itself by way of others', () => {
  const graph = new Map(sources.map(({ path, imports }) => [path, imports]));
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (finished.has(path)) return undefined;
    const types = new Set(typeOnly(path));
    for (const next of graph.get(path) ?? []) {
      const cycle = types.has(next) ? undefined : visit(next, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(path);
    return undefined;
  };
  const cycles = sources.map(({ path }) => visit(path, [])).filter((cycle) => cycle !== undefined);
  expect(cycles).toEqual([]);
});

/** Imports that are gone when the code runs. */
function typeOnly(path: string): readonly string[] {
  const text = sources.find((source) => source.path === path)?.text ?? '';
  const types = importsOf(path, (text.match(/(?:^|\n)(?:import|export) type [^;]*;/g) ?? []).join(''));
  const values = importsOf(path, text.replace(/(?:^|\n)(?:import|export) type [^;]*;/g, ''));
  return types.filter((target) => !values.includes(target));
}
