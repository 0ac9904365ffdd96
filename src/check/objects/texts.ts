/** Forms of text that the API server knows, and looks at text that must have them. */
import { closest } from '../../config/suggest.ts';
import { isMapping } from '../object.ts';
import { listed } from './demands.ts';
import type { Look } from './look.ts';
import { type ObjectRule, quote } from './site.ts';

/** A form of text. */
export interface Form {
  readonly rule: ObjectRule;
  /** `a DNS label`. */
  readonly name: string;
  /** What makes it one; empty where the name says it. */
  readonly made: string;
  /** Whether a text has it, for a minor version of Kubernetes. */
  readonly fits: (text: string, minor: number) => boolean;
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const WORD = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Text of at most so many characters that matches. */
const matches = (pattern: RegExp, most: number) => (text: string) => text.length <= most && pattern.test(text);

/** A name in a domain. */
export const DNS_LABEL: Form = {
  rule: 'object/name',
  name: 'a DNS label',
  made: 'at most 63 of a-z, 0-9 and "-", with a letter or digit first and last',
  fits: matches(LABEL, 63),
};

/** A name in a domain that begins with a letter. */
export const DNS_1035_LABEL: Form = {
  rule: 'object/name',
  name: 'a DNS label that begins with a letter',
  made: 'at most 63 of a-z, 0-9 and "-", with a letter first and a letter or digit last',
  fits: matches(/^[a-z](?:[-a-z0-9]*[a-z0-9])?$/, 63),
};

/** A name of one or several parts, as domains have: most objects. */
export const DNS_SUBDOMAIN: Form = {
  rule: 'object/name',
  name: 'a DNS name',
  made: 'at most 253 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part',
  fits: matches(SUBDOMAIN, 253),
};

/** The name of a kind in paths of the API. */
export const KIND_NAME: Form = {
  rule: 'object/name',
  name: 'the name of a kind',
  made: 'at most 63 letters, digits and "-", with a letter first and a letter or digit last',
  fits: (name, minor) => DNS_1035_LABEL.fits(name.toLowerCase(), minor),
};

/** The name of a storage driver. */
export const DRIVER_NAME: Form = {
  rule: 'object/name',
  name: 'the name of a driver',
  made: 'at most 63 letters, digits, "-" and ".", with a letter or digit at both ends of every part',
  fits: (name, minor) => name.length <= 63 && DNS_SUBDOMAIN.fits(name.toLowerCase(), minor),
};

/** What is part of a URL path of the API. */
export const PATH_SEGMENT: Form = {
  rule: 'object/name',
  name: 'a name for the API',
  made: 'neither "." nor "..", and without "/" and "%"',
  fits: (text) => text !== '.' && text !== '..' && !/[/%]/.test(text),
};

/** Whether a text is a label key such as `app.kubernetes.io/name`. */
export function isQualifiedName(text: string): boolean {
  const slash = text.indexOf('/');
  const prefix = slash === -1 ? undefined : text.slice(0, slash);
  const name = text.slice(slash + 1);
  return matches(WORD, 63)(name) && (prefix === undefined || DNS_SUBDOMAIN.fits(prefix, 0));
}

/** A name with or without a domain before it: keys of labels. */
export const QUALIFIED_NAME: Form = {
  rule: 'object/name',
  name: 'a qualified name such as "app" or "example.com/app"',
  made: 'at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit first and last, after an optional DNS name and "/"',
  fits: isQualifiedName,
};

/** The value of a label. */
export const LABEL_VALUE: Form = {
  rule: 'object/labels',
  name: 'a label value',
  made: 'at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit first and last, or nothing',
  fits: (text) => text === '' || matches(WORD, 63)(text),
};

/** The name of a port of a container, as services are called at IANA. */
export const PORT_NAME: Form = {
  rule: 'object/name',
  name: 'a port name',
  made: 'at most 15 of a-z, 0-9 and "-", with a letter among them, no "--", and no "-" first or last',
  fits: (text) => matches(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 15)(text) && /[a-z]/.test(text),
};

/** A key of a ConfigMap or a Secret: the name of a file, too. */
export const DATA_KEY: Form = {
  rule: 'object/name',
  name: 'a key for data',
  made: 'at most 253 of A-Z, a-z, 0-9, "-", "_" and ".", not "." and not ".." at the beginning',
  fits: (text) => matches(/^[-._a-zA-Z0-9]+$/, 253)(text) && text !== '.' && !text.startsWith('..'),
};

/** The name of an environment variable. */
export const ENV_NAME: Form = {
  rule: 'object/name',
  name: 'a name for an environment variable',
  made: 'printable ASCII without "="; until Kubernetes 1.31 letters, digits, "-", "_" and ".", with no digit first',
  fits: (text, minor) => (minor < 32 ? /^[-._a-zA-Z][-._a-zA-Z0-9]*$/ : /^[ -<>-~]+$/).test(text),
};

/** Names of Services, which could not begin with a digit for long. */
export const SERVICE_NAME: Form = {
  ...DNS_LABEL,
  made: `${DNS_LABEL.made}; until Kubernetes 1.35 with a letter first`,
  fits: (text, minor) => (minor < 36 ? DNS_1035_LABEL : DNS_LABEL).fits(text, minor),
};

/** A path from the root. */
export const ABSOLUTE_PATH: Form = {
  rule: 'object/value',
  name: 'an absolute path',
  made: 'it begins with "/"',
  fits: (text) => text.startsWith('/'),
};

/** A path within a volume. */
export const RELATIVE_PATH: Form = {
  rule: 'object/value',
  name: 'a path below the volume',
  made: 'it does not begin with "/" and has no part ".."',
  fits: (text) => !text.startsWith('/') && !text.split('/').includes('..'),
};

/** A path that stays below its beginning. */
export const PATH_WITHOUT_STEPS_BACK: Form = {
  rule: 'object/value',
  name: 'a path without ".."',
  made: '',
  fits: (text) => !text.split('/').includes('..'),
};

/** `controller: example.com/ingress`. */
export const DOMAIN_PATH: Form = {
  rule: 'object/name',
  name: 'a path with a domain before it, such as "example.com/ingress"',
  made: '',
  fits: (text, minor) => {
    const slash = text.indexOf('/');
    return slash > 0 && DNS_SUBDOMAIN.fits(text.slice(0, slash), minor) && isUrlPath(text.slice(slash + 1));
  },
};

function isUrlPath(text: string): boolean {
  return text !== '' && /^(?:[A-Za-z0-9/\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})+$/.test(text);
}

/** A text of a form; an empty one is none. */
export function text(form: Form): Look {
  const look = given(form);
  return (value, site) => {
    if (value !== '') look(value, site);
  };
}

/** A text of a form, where an empty one is wrong too: Go sees it. Null is an empty item of a list. */
export function given(form: Form): Look {
  const { rule, name, made, fits } = form;
  const whole = made === '' ? name : `${name} (${made})`;
  return (value, site) => {
    const found = value ?? '';
    if (typeof found !== 'string' || fits(found, site.minor)) return;
    const repaired = repair(found, form, site.minor);
    const problem = found === '' ? `is empty, but it must be ${whole}` : `is ${quote(found)}, which is not ${whole}`;
    site.breach(rule, `${site.name()} ${problem}`, {
      found: quote(found),
      ...(repaired !== undefined && { hint: `write ${quote(repaired)}` }),
    });
  };
}

/** The text as it was probably meant. */
function repair(found: string, { rule, fits }: Form, minor: number): string | undefined {
  if (rule !== 'object/name') return undefined;
  const tries = [found.toLowerCase(), found.toLowerCase().replaceAll(/[\s_./]+/g, '-')];
  return tries.find((text) => text !== '' && text.length < 64 && fits(text, minor));
}

/** One of these words; where empty text is one of them, it means none. */
export function word(words: readonly string[], rule: ObjectRule = 'object/value'): Look {
  const shown = words.filter((known) => known !== '');
  const expected = listed(shown, 'or');
  return (value, site) => {
    const found = value ?? '';
    if (typeof found !== 'string' || words.includes(found)) return;
    const near = closest(found, shown);
    site.breach(rule, `${site.name()} is ${quote(found)}, but it must be ${expected}`, {
      found: quote(found),
      expected,
      ...(near !== undefined && { hint: `did you mean "${near}"?` }),
    });
  };
}

/** Text that is there must not be empty. */
export const notEmpty: Look = (value, site) => {
  if ((value ?? '') !== '') return;
  site.breach('object/value', `${site.name()} is empty, but a value is needed where it is set`, {
    found: '""',
    expected: 'a value',
    hint: 'give it a value, or remove it',
  });
};

/** A mapping whose keys have a form. */
export function keys({ rule, name, made, fits }: Form): Look {
  return (value, site) => {
    if (!isMapping(value)) return;
    for (const key of Object.keys(value)) {
      if (fits(key, site.minor)) continue;
      site.breach(rule, `${site.name()} has the key ${quote(key)}, which is not ${name} (${made})`, {
        at: [key],
        found: quote(key),
      });
    }
  };
}
