/** APIServices: who serves a version of an API. */
import { type Fields, fieldsOf, isMapping, textOf } from '../object.ts';
import { ban } from './demands.ts';
import { fields, type Look } from './look.ts';
import { quote, type Site } from './site.ts';
import { DNS_1035_LABEL, DNS_SUBDOMAIN, text } from './texts.ts';

/** A version of an API, served by a Service or by the API server itself. */
export const apiService: Look = fields(
  {
    spec: fields(
      {
        group: text(DNS_SUBDOMAIN),
        version: text(DNS_1035_LABEL),
      },
      ...['caBundle', 'insecureSkipTLSVerify'].map((name) =>
        ban(name, (spec) => (isMapping(spec.service) || spec[name] === false ? undefined : 'service is missing')),
      ),
      ban('insecureSkipTLSVerify', (spec) =>
        spec.insecureSkipTLSVerify === true && (spec.caBundle ?? '') !== '' ? 'caBundle is set' : undefined,
      ),
    ),
  },
  apiName,
);

/** Its name is made of its version and group. */
function apiName({ metadata, spec }: Fields, site: Site): void {
  const name = textOf(fieldsOf(metadata).name);
  const { version, group } = fieldsOf(spec);
  const expected = `${textOf(version) ?? ''}.${textOf(group) ?? ''}`;
  if (name === undefined || name === expected) return;
  site.breach(
    'object/name',
    `metadata.name is ${quote(name)}, but an APIService is called by version and group: ${quote(expected)}`,
    {
      at: ['metadata', 'name'],
      found: quote(name),
      expected: quote(expected),
      hint: `write ${quote(expected)}`,
    },
  );
}
