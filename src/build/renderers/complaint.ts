/** The words of a program that failed, without the secrets that programs repeat. */
import type { ArtifactPlan } from '../../model.ts';
import { fieldsOf, isMapping, listOf, textOf } from '../../yaml/value.ts';
import type { ReadYaml } from '../read-yaml.ts';
import { writtenSources } from '../written-sources.ts';

/** Lines and characters of a program's words that an error repeats. */
const MOST_LINES = 20;
const MOST_CHARACTERS = 4_000;
/** What is shorter stands everywhere, and is no secret worth the name. */
const SHORTEST = 4;
const HIDDEN = '[hidden]';

/** Keys whose values nobody should read. */
const SECRET_KEY = /pass(?:w|phrase|$)|^pw|pwd|secret|token|credential|api_?-?key|private_?-?key|access_?-?key|^auth$/i;

/** Keys that say where a secret is, or how long it lives. */
const NO_SECRET = /^existing|(?:names?|refs?|path|file|url|seconds|ttl)$/i;

/** What a program said, as far as it can be shown. */
export interface Shown {
  readonly text: string;
  /** Something was left out. */
  readonly shortened: boolean;
}

/** The beginning of a program's words: without logins in URLs, manifests, and values of the artifact that are secret. */
export function shownComplaint(complaint: string, artifact: ArtifactPlan, read: ReadYaml): Shown {
  const known = secretsOf(artifact, read).sort((one, other) => other.length - one.length);
  const masked = known.reduce((text, secret) => text.replaceAll(secret, HIDDEN), complaint.trim());
  const words = withoutLiterals(withoutLogins(masked));
  const lines = withoutManifests(words.split('\n'));
  const text = lines.slice(0, MOST_LINES).join('\n').slice(0, MOST_CHARACTERS).trimEnd();
  return { text, shortened: text !== withoutLogins(complaint.trim()) };
}

/** Programs repeat the URLs of remote bases, which may hold a password; some clean `//` to `/`, as in a path. */
function withoutLogins(text: string): string {
  return text
    .replace(/:\/+[^/\s'"`]*@/g, (login) => /^:\/+/.exec(login)?.[0] ?? '')
    .replace(/[^\s'"`/@:=]+:[^\s'"`/@]+@(?=[\w[])/g, '')
    .replace(/([?&][\w-]*(?:token|secret|password|key|signature)[\w-]*=)[^&\s'"`]+/gi, `$1${HIDDEN}`);
}

/** kustomize shows a literal that it cannot split, and values that it cannot use. */
function withoutLiterals(text: string): string {
  return text
    .replace(/(literal sources )\[.*?\](?=:|$)/gm, `$1[${HIDDEN}]`)
    .replace(/(literal (?:source|value):? ).*?(?=,? expected|$)/gm, `$1${HIDDEN}`);
}

/** A field of a manifest at the beginning of a line, and one within a line that quotes it. */
const OF_A_MANIFEST = /^\s*["']?(?:apiVersion|kind|metadata|data|stringData|literals)["']?:(?:\s|$|["'{[])/;
const IN_A_LINE = /(?:[`'"{[,]|\\n)["']?(?:apiVersion|metadata|stringData|literals|data)["']?:.*$/;
const LIKE_YAML = /^\s+\S|^["']?[\w./-]+["']?:(?:\s|$)|^- |^---/;
const OWN_WORDS = /^(?:error|fatal|warning|panic)\b/i;
const CUT = '… (a manifest, not shown)';

/** A manifest among the words explains little, and may be a Secret: behind its first line only new complaints are shown. */
function withoutManifests(lines: readonly string[]): readonly string[] {
  const shown: string[] = [];
  let inside = false;
  for (const line of lines) {
    const own = OWN_WORDS.test(line);
    if (inside && !own) continue;
    const quotes = IN_A_LINE.test(line);
    inside = quotes || OF_A_MANIFEST.test(line);
    if (!inside) shown.push(line);
    else if (quotes) shown.push(`${line.replace(IN_A_LINE, '').trimEnd()} ${CUT}`);
    else shown.splice(beginning(shown), shown.length, CUT);
  }
  return shown;
}

/** How many lines come before the manifest that the last of them belong to. */
const beginning = (lines: readonly string[]): number =>
  lines.findLastIndex((line) => OWN_WORDS.test(line) || !LIKE_YAML.test(line)) + 1;

/** The secrets in what an artifact is rendered from. */
function secretsOf(artifact: ArtifactPlan, read: ReadYaml): string[] {
  const { render } = artifact;
  const found: string[] = render.kind === 'command' ? underKeys(render.env) : [];
  for (const { bytes } of writtenSources(artifact, read)) {
    for (const { value } of read(Buffer.from(bytes).toString())) found.push(...secretsIn(value));
  }
  return found.filter((secret) => secret.length >= SHORTEST);
}

/** The secrets of a document: of a Secret all values, of a kustomization the literals of its Secrets, else by their keys. */
function secretsIn(value: unknown): readonly string[] {
  const { kind, data, stringData, secretGenerator } = fieldsOf(value);
  const literals = listOf(secretGenerator).flatMap((each) => listOf(fieldsOf(each).literals));
  const generated = literals
    .flatMap((literal) => textOf(literal) ?? [])
    .map((text) => text.slice(text.indexOf('=') + 1));
  if (kind !== 'Secret') return [...generated, ...underKeys(value)];
  const encoded = Object.values(fieldsOf(data)).flatMap((each) => textOf(each) ?? []);
  const plain = [
    ...Object.values(fieldsOf(stringData)),
    ...encoded.map((text) => Buffer.from(text, 'base64').toString()),
  ];
  return [...encoded, ...plain.flatMap((each) => textOf(each) ?? [])].flatMap((text) => [text, ...text.split('\n')]);
}

/** Values under keys that sound like a secret, however deep. */
function underKeys(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(underKeys);
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const secret = SECRET_KEY.test(key) && !NO_SECRET.test(key);
    return secret && ['string', 'number'].includes(typeof each) ? [String(each)] : underKeys(each);
  });
}
