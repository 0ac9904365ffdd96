import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES, droppedByConsumer, isIgnored, parseIgnoreFile, VCS_RULES } from '../../src/archive/ignore.ts';

const NONE = new Uint8Array(0);

function ignored(lines: string, path: string, isFolder = false): boolean {
  return isIgnored(parseIgnoreFile(lines, ''), path, isFolder);
}

describe('isIgnored', () => {
  it.each<[string, string[], string[]]>([
    // pattern, paths it leaves out, paths it keeps
    ['a.yaml', ['a.yaml', 'x/a.yaml', 'a.yaml/below'], ['b.yaml', 'xa.yaml']],
    ['*.md', ['README.md', 'docs/x.md'], ['md', 'a.mdx']],
    ['/a', ['a', 'a/b', 'a/b/c'], ['x/a', 'ab']],
    ['a/b', ['a/b', 'a/b/c'], ['x/a/b', 'a', 'a/x/b']],
    ['a/', ['a/x', 'x/a/y'], ['a', 'x/a']],
    ['a/b/', ['a/b/c'], ['a/b', 'x/a/b/c']],
    ['/*', ['a', 'a/b'], []],
    ['/*/x', ['a/x', 'b/x/y'], ['x', 'a/b/x']],
    ['**/x', ['x', 'a/x', 'a/b/x', 'x/y'], ['y']],
    ['a/**', ['a', 'a/b', 'a/b/c'], ['b', 'x/a']],
    ['a/**/x', ['a/x', 'a/b/x', 'a/b/c/x'], ['x', 'a/b']],
    ['**/a/**', ['a', 'a/b', 'x/a/b'], ['b']],
    ['a**/b', [], ['a/b', 'ab/b', 'a/x/b']],
    ['x/**.yaml', [], ['x/a.yaml', 'x/y/a.yaml']],
    ['**.yaml', ['a.yaml', 'x/a.yaml'], ['a.yml']],
    ['**', ['a', 'a/b'], []],
    ['/**', [], ['a', 'a/b']],
    ['[a-c].txt', ['a.txt', 'x/b.txt'], ['d.txt', '[a-c].txt']],
    ['[!a].txt', ['!.txt', 'a.txt'], ['b.txt']],
    ['[^a].txt', ['b.txt'], ['a.txt']],
    ['a[.txt', [], ['a[.txt', 'a.txt']],
    [' lead', [' lead'], ['lead']],
    ['trail  ', ['trail'], ['trail  ']],
    ['trail\\ ', ['trail '], ['trail', 'trail\\ ']],
    ['trail\\  ', [], ['trail', 'trail ', 'trail  ']],
    ['\\#x', ['#x'], ['x']],
    ['\\!x', ['!x'], ['x']],
    ['a\\*', ['a*'], ['ab']],
    ['!', [], ['a', '!']],
    ['/', [], ['a']],
    ['A', ['A'], ['a']],
    ['\ufeffa', ['\ufeffa'], ['a']],
  ])('%j', (pattern, out, kept) => {
    for (const path of out) expect(`${path}: ${ignored(pattern, path)}`).toBe(`${path}: true`);
    for (const path of kept) expect(`${path}: ${ignored(pattern, path)}`).toBe(`${path}: false`);
  });

  it('knows folders from files only where the pattern ends with a slash', () => {
    expect([ignored('a/', 'a', true), ignored('a/', 'a', false)]).toEqual([true, false]);
    expect([ignored('x/a/', 'x/a', true), ignored('x/a/', 'x/a', false)]).toEqual([true, false]);
    expect([ignored('a', 'a', true), ignored('a', 'a', false)]).toEqual([true, true]);
  });

  it('includes again what lies below an ignored folder, unlike git', () => {
    const lines = '/*\n!/a/b/';
    expect(['a/b/c', 'a/x', 'x', 'a'].map((path) => ignored(lines, path))).toEqual([false, true, true, true]);
  });

  it('skips comments and blank lines, and reads lines that end with CRLF', () => {
    expect(parseIgnoreFile('# a\n\n   \n\t\n\u00a0\n#\n', '')).toHaveLength(0);
    expect(parseIgnoreFile(' # a\n\ufeff\n', '')).toHaveLength(2);
    expect(ignored('*.md\r\n!keep.md\r\n', 'a.md')).toBe(true);
    expect(ignored('*.md\r\n!keep.md\r\n', 'keep.md')).toBe(false);
  });

  it('lets the last rule that matches decide', () => {
    const line = fc.constantFrom('*', 'a', 'b', '/a', 'a/b', '**/b', 'a/', '!a', '!*', '!a/b', '!b', '!/a/');
    const path = fc.constantFrom('a', 'b', 'a/b', 'b/a', 'a/b/c', 'c');
    fc.assert(
      fc.property(fc.array(line), path, (lines, name) => {
        const deciding = lines.filter((one) => ignored(one.replace(/^!/, ''), name)).at(-1);
        expect(ignored(lines.join('\n'), name)).toBe(deciding !== undefined && !deciding.startsWith('!'));
      }),
    );
  });

  it('applies a nested file below its folder just as the same file at the root applies to the rest of the path', () => {
    const line = fc.string({
      unit: fc.constantFrom('a', 'b', '*', '?', '/', '!', '**', '[ab]'),
      minLength: 1,
      maxLength: 6,
    });
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(line), path, fc.constantFrom('a', 'x/b'), (lines, name, folder) => {
        const nested = parseIgnoreFile(lines.join('\n'), folder);
        expect(isIgnored(nested, `${folder}/${name}`, false)).toBe(ignored(lines.join('\n'), name));
        expect(isIgnored(nested, name.replace(/^[^/]+/, 'other'), false)).toBe(false);
        expect(isIgnored(nested, folder, true)).toBe(false);
      }),
    );
  });

  it('always leaves out what belongs to version control', () => {
    const out = ['.git/config', '.gitignore', 'a/.gitmodules', '.gitattributes', 'sub/.git/x'];
    expect(out.filter((path) => isIgnored(VCS_RULES, path, false))).toEqual(out);
    expect(isIgnored(VCS_RULES, '.github/x', false)).toBe(false);
  });
});

describe('droppedByConsumer', () => {
  const files = (...paths: string[]) => paths.map((path) => ({ path, bytes: NONE }));
  const DEFAULTS = ['a.jpg', 'x/b.tar.gz', 'c.zip', '.github/w.yaml', 'x/.sops.yaml', '.flux.yaml', 'cloudbuild.yaml'];

  it('drops what the default list names when the artifact has no rule of its own', () => {
    expect(droppedByConsumer(files('ok.yaml', ...DEFAULTS, '.gitignore'))).toEqual([...DEFAULTS, '.gitignore']);
  });

  it('keeps it as soon as there is one rule anywhere, except for version control', () => {
    const rule = { path: 'x/.sourceignore', bytes: Buffer.from('nothing-here') };
    expect(droppedByConsumer([...files('ok.yaml', ...DEFAULTS, '.gitignore'), rule])).toEqual(['.gitignore']);
  });

  it('does not count comments as rules', () => {
    const comment = { path: '.sourceignore', bytes: Buffer.from('# nothing\n\n') };
    expect(droppedByConsumer([...files('a.zip'), comment])).toEqual(['a.zip']);
  });

  it('lets the rules of a deeper folder win over those above it', () => {
    const deep = { path: 'a/.sourceignore', bytes: Buffer.from('!keep.yaml') };
    const top = { path: '.sourceignore', bytes: Buffer.from('*.yaml') };
    expect(droppedByConsumer([deep, top, ...files('a/keep.yaml', 'a/x.yaml', 'keep.yaml')])).toEqual([
      'a/x.yaml',
      'keep.yaml',
    ]);
  });

  it('has the lists of Flux', () => {
    expect(Object.values(DEFAULT_RULES).map((list) => list.join(','))).toEqual([
      '.git/,.gitignore,.gitmodules,.gitattributes',
      '*.jpg,*.jpeg,*.gif,*.png,*.wmv,*.flv,*.tar.gz,*.zip',
      '.github/,.circleci/,.travis.yml,.gitlab-ci.yml,appveyor.yml,.drone.yml,cloudbuild.yaml,codeship-services.yml,codeship-steps.yml',
      '**/.goreleaser.yml,**/.sops.yaml,**/.flux.yaml',
    ]);
  });
});
