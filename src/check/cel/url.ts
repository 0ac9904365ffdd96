/** URLs as Go reads them: an absolute URI, or an absolute path. */
import type { Environment } from '@marcbachmann/cel-js';
import type { Comparable } from './compare.ts';
import { fault } from './fault.ts';
import { functionsOf } from './functions.ts';

interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** A URL. */
class Url implements Comparable {
  readonly text: string;
  readonly parts: Parts;

  constructor(text: string, parts: Parts) {
    this.text = text;
    this.parts = parts;
  }

  equals(other: unknown): boolean {
    return other instanceof Url && other.text === this.text;
  }
}

const USER = /^[\w.~!$&'()*+,;=:%@-]*$/;
const HOST = /^(?:\[[\w.~!$&'()*+,;=:%-]*\]|(?:[\w.~!$&'()*+,;=<>"-]|[^\p{ASCII}]|%[89a-fA-F][0-9a-fA-F])*)(?::\d*)?$/u;
const BAD_PERCENT = /%(?![0-9a-fA-F]{2})/;

function unescaped(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
}

function hostOf(authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const user = at === -1 ? '' : authority.slice(0, at);
  return USER.test(user) && !BAD_PERCENT.test(user) && HOST.test(host) ? unescaped(host) : undefined;
}

/** Splits at the first of a character; what follows is empty without it. */
function cut(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function isControl(text: string): boolean {
  return Array.from(text).some((character) => character < ' ' || character === '\u007f');
}

function parse(text: string): Url | undefined {
  if (text === '' || isControl(text)) return undefined;
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?([\s\S]*)$/.exec(text) ?? [];
  // Go looks for a fragment only after it accepted the whole; a % in it has to be right all the same.
  const [beforeFragment, fragment] = cut(rest, '#');
  const [place, query] = cut(beforeFragment, '?');
  if (BAD_PERCENT.test(fragment)) return undefined;
  if (!place.startsWith('/')) {
    return scheme === '' ? undefined : new Url(text, { scheme: scheme.toLowerCase(), host: '', path: '', query });
  }
  const [, authority, path = place] = /^\/\/([^/]*)([\s\S]*)$/.exec(place) ?? [];
  const host = authority === undefined ? '' : hostOf(authority);
  if (host === undefined || BAD_PERCENT.test(path)) return undefined;
  return new Url(text, { scheme: scheme.toLowerCase(), host, path, query });
}

function url(text: string): Url {
  const parsed = parse(text);
  if (parsed === undefined) throw fault(`not a URL: "${text}"`);
  return parsed;
}

const port = /:(\d*)$/;

function hostname({ parts: { host } }: Url): string {
  return host.replace(port, '').replace(/^\[(.*)\]$/, '$1');
}

function escapedPath({ parts: { path } }: Url): string {
  if (/^(?:[\w.~!$&'()*+,;=:@/[\]-]|%[0-9a-fA-F]{2})*$/.test(path)) return path;
  return unescaped(path).replace(/[^\w.~$&+,/:;=@-]/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

function queryOf({ parts: { query } }: Url): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';') || BAD_PERCENT.test(pair)) continue;
    const [key, value] = cut(pair, '=').map((part) => unescaped(part.replaceAll('+', ' ')));
    found.set(key ?? '', [...(found.get(key ?? '') ?? []), value ?? '']);
  }
  return found;
}

/** Whether a text is a URL. */
export function isUrl(text: string): boolean {
  return parse(text) !== undefined;
}

/** Adds `url`, `isURL` and the parts of a URL. */
export function addUrls(environment: Environment): void {
  const add = functionsOf(environment);
  const type = 'kubernetes.URL';
  environment.registerType(type, Url);
  environment.registerOperator(`${type} == ${type}`, (one: Url, other: Url) => one.equals(other));
  add(`url(string): ${type}`, url);
  add('isURL(string): bool', isUrl);
  add(`${type}.getScheme(): string`, ({ parts }: Url) => parts.scheme);
  add(`${type}.getHost(): string`, ({ parts }: Url) => parts.host);
  add(`${type}.getHostname(): string`, hostname);
  add(`${type}.getPort(): string`, ({ parts }: Url) => port.exec(parts.host)?.[1] ?? '');
  add(`${type}.getEscapedPath(): string`, escapedPath);
  add(`${type}.getQuery(): map<string, list<string>>`, queryOf);
}
