/** What a path inside an archive may look like, and the one order of paths. */

const CONTROL = /\p{Cc}/u;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Why `path` may not be the name of a file in an artifact, or undefined when it may. Flux's untar (fluxcd/pkg `tar/untar.go`)
 * rejects the whole artifact for a backslash, an absolute path or any `../`, even inside a name such as `a../b`.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path.startsWith('/')) return 'it is absolute';
  if (path.includes('\\')) return 'it holds a backslash';
  if (CONTROL.test(path)) return 'it holds a control character';
  if (LONE_SURROGATE.test(path)) return 'it is not valid Unicode';
  if (path.includes('../') || path === '..' || path.endsWith('/..')) return 'it holds ".."';
  for (const segment of path.split('/')) {
    if (segment === '') return 'it holds an empty segment';
    if (segment === '.') return 'it holds the segment "."';
  }
  return undefined;
}

/** Orders strings as their UTF-8 bytes do, on every platform and in every locale. For `Array.sort`. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogates (code points above U+FFFF) before U+E000–U+FFFF; UTF-8 puts them after. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** All folders above `path`, outermost first, without trailing slash: `a`, `a/b` for `a/b/c`. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    folders.push(path.slice(0, slash));
  }
  return folders;
}
