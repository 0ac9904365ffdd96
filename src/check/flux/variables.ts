/** `${name}` as kustomize-controller replaces it (fluxcd/pkg `envsubst`): which variables a text needs. */

/** A variable that must have a value, or what is no variable at all and fails the build. */
export interface Use {
  /** Undefined for what cannot be read as a variable. */
  readonly name: string | undefined;
  /** As written. */
  readonly written: string;
}

const OPENING = /\$\$|\$\{/g;
const NAME = /[\p{L}\p{Nd}_]+/uy;

/** What a text needs. Variables with a default need nothing. */
export function variablesIn(text: string): readonly Use[] {
  const uses: Use[] = [];
  for (const { 0: opening, index } of text.matchAll(OPENING)) {
    if (opening === '$$') continue;
    const use = useAt(text, index + 2);
    if (use !== undefined) uses.push(use);
  }
  return uses;
}

function useAt(text: string, start: number): Use | undefined {
  const counts = text[start] === '#';
  NAME.lastIndex = counts ? start + 1 : start;
  const [name] = NAME.exec(text) ?? [];
  if (name === undefined) return { name: undefined, written: writtenAt(text, start) };
  const end = (counts ? start + 1 : start) + name.length;
  const next = text[end] ?? '';
  if (next === '=' || /^:[-=?+]/.test(text.slice(end, end + 2))) return undefined;
  if (next === '}' || (!counts && next !== '' && ':,^/#%'.includes(next)))
    return { name, written: writtenAt(text, start) };
  return { name: undefined, written: writtenAt(text, start) };
}

/** Characters of a text that are shown. */
const SHOWN = 40;

/** What is written from `${` on, to the brace, the end of the line, or to where it gets too long to show. */
function writtenAt(text: string, start: number): string {
  const [near = ''] = text.slice(start, start + SHOWN).split('\n');
  const brace = near.indexOf('}');
  const end = brace === -1 ? near.length : brace + (near[brace + 1] === '}' ? 2 : 1);
  return `\${${near.slice(0, end)}`;
}
