/** Logins in addresses are for who opens them, and for no reader of findings. */
import type { Finding } from '../../model.ts';

/** What stands between `://` (`:/` in what was made a path) and `@`; also what is cut off before it gets to `@`. A port is no password, and `git` no secret. */
const IN_URL = /:(\/\/?)(?!git@)(?:[^\s/"]*@|[^\s/"@:]*:(?!\d+(?:[^\w.~%@-]|$))(?:[^\s"]*@|[^\s/"@]*…))/g;
/** A user and a password before a host where nobody wrote `https://`. A tag with a digest looks like one. */
const BARE = /(^|[\s"'(=,/])[\w.%+~-]+:[^\s"/@]+@(?!sha\d+:)/g;

/** A text without the logins of its addresses: `https://…@example.com`. */
export function withoutLogins(text: string): string {
  if (!/[@…]/.test(text)) return text;
  return text
    .replace(IN_URL, (login, slashes: string) => `:${slashes}…${login.endsWith('@') ? '@' : ''}`)
    .replace(BARE, '$1…@');
}

const SAID = ['object', 'path', 'message', 'found', 'expected', 'hint'] as const;

/** A finding that says nothing of logins. */
export function discreet(finding: Finding): Finding {
  const said = SAID.flatMap((key) => {
    const text = finding[key];
    return text === undefined ? [] : [[key, withoutLogins(text)] as const];
  });
  return { ...finding, ...Object.fromEntries(said) };
}
