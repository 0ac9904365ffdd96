import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { load } from '../../../src/build/load.ts';
import { render } from '../../../src/build/render.ts';
import type { Rendered, SourceFile } from '../../../src/model.ts';
import { optionsFor, programs } from '../programs.ts';
import { configMap, plan, tree } from '../tree.ts';

const at = (line: number, column = 1) => ({ file: 'manifests.yaml', line, column, documentLine: line });

/** The files of an artifact, joined. */
async function joined(files: readonly SourceFile[], options = optionsFor('/nowhere')): Promise<Rendered> {
  return render({ artifact: plan('/app', { kind: 'plain' }), files }, options);
}

const filesOf = (texts: Readonly<Record<string, string>>): SourceFile[] =>
  Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
const textOf = ({ files }: Rendered): string => Buffer.from(files[0]?.bytes ?? []).toString();

describe('origins of joined files', () => {
  it('lead every line back to the same text', async () => {
    const piece = fc.constantFrom(
      '---\n',
      '--- # why\n',
      'a: é\n',
      '# c\n',
      '\n',
      'a: 1\r\n',
      'b: |\n  x\n',
      'end',
      '...\n',
    );
    const file = fc.tuple(fc.boolean(), fc.array(piece, { maxLength: 5 }));
    const options = optionsFor('/nowhere');
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 6 }), async (drawn) => {
        const texts = drawn.map(([marked, pieces]) => `${marked ? '\ufeff' : ''}${pieces.join('')}`);
        const files = filesOf(Object.fromEntries([configMap('a'), ...texts].map((text, n) => [`${n}.yaml`, text])));
        const result = await joined(files, options);
        const lines = textOf(result).split('\n').slice(0, -1);
        let added = 0;
        for (const [index, text] of lines.entries()) {
          const place = result.origins(at(index + 1));
          const source = Buffer.from(files.find(({ path }) => `deploy/app/${path}` === place.file)?.bytes ?? []);
          const found = source
            .toString()
            .replace(/^\ufeff/, '')
            .split('\n')[(place.line ?? 0) - 1];
          // A separator belongs to what it ends: it may be one that was added, or the next file's first line.
          if (/^---\s*(?:#.*)?$/.test(text) && (found ?? '') !== text) {
            expect(found === undefined || found === '').toBe(true);
            added += 1;
          } else expect(found).toBe(text);
        }
        expect(added).toBeLessThan(files.length);
      }),
      { numRuns: 300 },
    );
  });

  it('count a byte order mark, an added separator and an added newline right', async () => {
    const result = await joined(
      filesOf({
        'a.yaml': '\ufeffa: 1\nb: 2',
        'b/c.yml': '---\n# x\nc: 3\n',
        'empty.yaml': '\ufeff',
        'd.yaml': 'd: 4\n',
      }),
    );
    expect(textOf(result)).toBe('a: 1\nb: 2\n---\n# x\nc: 3\n---\nd: 4\n');
    expect([1, 2, 4, 5, 7].map((line) => result.origins(at(line, 3)))).toEqual([
      { file: 'deploy/app/a.yaml', line: 1, column: 3 },
      { file: 'deploy/app/a.yaml', line: 2, column: 3 },
      { file: 'deploy/app/b/c.yml', line: 2, column: 3 },
      { file: 'deploy/app/b/c.yml', line: 3, column: 3 },
      { file: 'deploy/app/d.yaml', line: 1, column: 3 },
    ]);
  });

  it("keep what is left open at a file's end in that file", async () => {
    const result = await joined(filesOf({ 'a.yaml': 'a: "open\n', 'b.yaml': '---\nb: 1\n', 'c.yaml': 'c: 1\n' }));
    expect([2, 4].map((line) => result.origins(at(line)).file)).toEqual(['deploy/app/a.yaml', 'deploy/app/b.yaml']);
  });

  it('show what is wrong with the whole as the file that slipway build writes', async () => {
    const { origins } = await joined(filesOf({ 'a.yaml': configMap('a') }));
    expect(origins(at(0, 0))).toEqual({ file: 'app.yaml', rendered: true });
  });
});

describe('origins of sources', () => {
  it('are the files themselves, below the path that the user wrote', async () => {
    const root = tree({ 'x/a.yaml': configMap('a') });
    const { origins } = await render(await load({ ...plan(root), shown: './deploy' }), optionsFor(programs({})));
    expect(origins({ ...at(3, 5), file: 'x/a.yaml' })).toEqual({ file: 'deploy/x/a.yaml', line: 3, column: 5 });
    expect(origins({ ...at(0, 0), file: 'x/a.yaml' })).toEqual({ file: 'deploy/x/a.yaml' });
  });
});
