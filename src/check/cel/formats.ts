/** Kubernetes' library of named formats: `format.dns1123Label().validate(text)`. */
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { formatProblem } from '../schema/formats.ts';
import { functionsOf } from './functions.ts';
import { isUrl } from './url.ts';

/** A named format. */
class Format {
  readonly problem: (text: string) => string | undefined;

  constructor(problem: (text: string) => string | undefined) {
    this.problem = problem;
  }
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

const shaped =
  (shape: RegExp, longest: number, what: string) =>
  (text: string): string | undefined => {
    if (text.length > longest) return `must be no more than ${longest} characters`;
    return shape.test(text) ? undefined : `must be ${what}`;
  };

const label = shaped(LABEL, 63, 'an RFC 1123 label');
const label1035 = shaped(LABEL_1035, 63, 'an RFC 1035 label');
const subdomain = shaped(SUBDOMAIN, 253, 'an RFC 1123 subdomain');
const name = shaped(NAME, 63, 'a qualified name');

/** What ends in a dash may get more characters. */
const prefix =
  (format: (text: string) => string | undefined) =>
  (text: string): string | undefined =>
    format(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);

function qualifiedName(text: string): string | undefined {
  const [first = '', second, ...rest] = text.split('/');
  if (second === undefined) return name(first);
  if (rest.length > 0) return 'must be a qualified name';
  return first === '' ? 'prefix part must be non-empty' : (subdomain(first) ?? name(second));
}

const named = (format: string) => (text: string) =>
  formatProblem(text, format) === undefined ? undefined : `invalid ${format}`;

const FORMATS: Readonly<Record<string, (text: string) => string | undefined>> = {
  dns1123Label: label,
  dns1123Subdomain: subdomain,
  dns1035Label: label1035,
  qualifiedName,
  dns1123LabelPrefix: prefix(label),
  dns1123SubdomainPrefix: prefix(subdomain),
  dns1035LabelPrefix: prefix(label1035),
  labelValue: (text) => (text === '' ? undefined : shaped(NAME, 63, 'a label value')(text)),
  uri: (text) => (isUrl(text) ? undefined : 'invalid URI'),
  uuid: named('uuid'),
  byte: named('byte'),
  date: named('date'),
  datetime: named('datetime'),
};

class FormatNamespace {}

/** Adds named formats. */
export function addFormats(environment: Environment): void {
  const type = 'kubernetes.NamedFormat';
  environment.registerType(type, Format);
  environment.registerType('FormatNamespace', FormatNamespace);
  environment.registerConstant('format', 'FormatNamespace', new FormatNamespace());
  const known = new Map(Object.entries(FORMATS).map(([key, problem]) => [key, new Format(problem)]));
  const add = functionsOf(environment);
  for (const [key, format] of known) add(`FormatNamespace.${key}(): ${type}`, () => format);
  const find = (_: unknown, key: string): unknown => {
    const format = known.get(key);
    return format === undefined ? Optional.none() : Optional.of(format);
  };
  add(`FormatNamespace.named(string): optional<${type}>`, find);
  const validate = ({ problem }: Format, text: string): unknown => {
    const found = problem(text);
    return found === undefined ? Optional.none() : Optional.of([found]);
  };
  add(`${type}.validate(string): optional<list<string>>`, validate);
}
