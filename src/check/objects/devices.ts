/** Requests for devices: ResourceClaims, their templates, DeviceClasses. */
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { ban, exactlyOne, type Reason, uniqueBy, uniqueItems } from './demands.ts';
import { LABEL_KEY } from './labels.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { templateMetadata } from './metadata.ts';
import { between } from './numbers.ts';
import { unknownName } from './pod/references.ts';
import type { Site } from './site.ts';
import { DNS_LABEL, DNS_SUBDOMAIN, DRIVER_NAME, type Form, given, text, word } from './texts.ts';

const ATTRIBUTE: Form = {
  rule: 'object/name',
  name: 'an attribute such as "example.com/model"',
  made: 'a domain, "/" and at most 32 letters, digits and "_" with no digit first',
  fits: (name, minor) => {
    const [domain = '', id = '', ...rest] = name.split('/');
    return (
      rest.length === 0 &&
      domain.length <= 63 &&
      DNS_SUBDOMAIN.fits(domain.toLowerCase(), minor) &&
      /^[A-Za-z_]\w{0,31}$/.test(id)
    );
  },
};

const all: Reason = ({ allocationMode }) => (allocationMode === 'All' ? 'allocationMode is "All"' : undefined);

/** What a driver reads is an object. */
const parameters: Look = (value, site) => {
  if (isMapping(value)) return;
  site.breach('object/value', `${site.name()} must be an object`, { expected: 'an object' });
};

const config = { opaque: fields({ driver: text(DRIVER_NAME), parameters }) };
const device = {
  deviceClassName: text(DNS_SUBDOMAIN),
  allocationMode: word(['', 'All', 'ExactCount']),
  count: countOf,
  tolerations: each(fields({ key: text(LABEL_KEY) })),
};

/** Without a mode a number of devices is meant, of which 0 is 1. */
function countOf(value: unknown, site: Site): void {
  if (value !== 0) between(1)(value, site);
}

const request: Look = fields(
  {
    name: text(DNS_LABEL),
    exactly: fields(device, ban('count', all)),
    firstAvailable: each(fields({ name: text(DNS_LABEL), ...device }, ban('count', all)), uniqueBy('name')),
  },
  exactlyOne('exactly', 'firstAvailable'),
);

const references: Look = each(
  given({
    ...DNS_LABEL,
    name: 'the name of a request',
    fits: (name, minor) => name.split('/').every((part) => DNS_LABEL.fits(part, minor)),
  }),
  uniqueItems,
);

/** `request` and `request/alternative`. */
function requestNames(devices: Fields): ReadonlySet<string> {
  const names = listOf(devices.requests).flatMap((item) => {
    const { name, firstAvailable } = fieldsOf(item);
    const own = textOf(name) ?? '';
    return [own, ...listOf(firstAvailable).map((sub) => `${own}/${textOf(fieldsOf(sub).name) ?? ''}`)];
  });
  return new Set(names);
}

const requestsExist: Demand = (devices, site) => {
  const known = requestNames(devices);
  for (const part of ['constraints', 'config']) {
    for (const [index, item] of listOf(devices[part]).entries()) {
      for (const [position, entry] of listOf(fieldsOf(item).requests).entries()) {
        const name = textOf(entry);
        const at = [part, index, 'requests', position];
        if (name !== undefined && name !== '' && !known.has(name)) {
          unknownName(name, known, { site, at, what: 'the claim has no request' });
        }
      }
    }
  }
};

/** An empty attribute counts as one. */
const oneAttribute: Demand = (constraint, site) => {
  if (typeof constraint.matchAttribute !== 'string' && typeof constraint.distinctAttribute !== 'string') {
    exactlyOne('matchAttribute', 'distinctAttribute')(constraint, site);
  }
};

const claim: Look = fields({
  devices: fields(
    {
      requests: each(request, uniqueBy('name')),
      constraints: each(
        fields(
          { requests: references, matchAttribute: given(ATTRIBUTE), distinctAttribute: given(ATTRIBUTE) },
          oneAttribute,
        ),
      ),
      config: each(fields({ ...config, requests: references })),
    },
    requestsExist,
  ),
});

/** What the API server asks of a ResourceClaim. */
export const resourceClaim: Look = fields({ spec: claim });

/** What the API server asks of a ResourceClaimTemplate. */
export const resourceClaimTemplate: Look = fields({ spec: fields({ metadata: templateMetadata, spec: claim }) });

/** What the API server asks of a DeviceClass. */
export const deviceClass: Look = fields({ spec: fields({ config: each(fields(config)) }) });
