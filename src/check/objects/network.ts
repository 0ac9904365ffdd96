/** Ingresses, IngressClasses, NetworkPolicies, addresses of a cluster. */
import { fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { ADDRESS_RANGE, familyOfRange, HOST, hostNotAddress, isStrictlyWithin } from './addresses.ts';
import { atLeastOne, ban, exactlyOne, isSet, need, unless, when } from './demands.ts';
import { labelKey, labelSelector } from './labels.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { numberOf } from './numbers.ts';
import { portName } from './pod/probes.ts';
import { quote, type Site } from './site.ts';
import {
  DNS_LABEL,
  DNS_SUBDOMAIN,
  DOMAIN_PATH,
  given,
  LABEL_VALUE,
  PATH_SEGMENT,
  PORT_NAME,
  SERVICE_NAME,
  text,
} from './texts.ts';

/** A port by number or by name. */
const onePort: Demand = ({ port }, site) => {
  const { name, number } = fieldsOf(port);
  const numbered = numberOf(number) !== undefined && numberOf(number) !== 0;
  const named = isSet({ name }, 'name');
  if (numbered !== named) return;
  site.into('port', port, () => {
    const message = named ? 'has a name and a number, but only one of them may be set' : 'has neither name nor number';
    site.breach('object/one-of', `${site.name()} ${message}`, {
      found: named ? 'both' : 'none of them',
      expected: 'a name or a number',
      hint: named ? 'remove one of them' : 'set name or number',
    });
  });
};

const reference: Look = fields({ apiGroup: given(DNS_SUBDOMAIN), kind: text(PATH_SEGMENT), name: text(PATH_SEGMENT) });

const backend: Look = fields(
  {
    service: fields({ name: text(SERVICE_NAME), port: fields({ name: text(PORT_NAME) }) }, onePort),
    resource: reference,
  },
  exactlyOne('service', 'resource'),
);

const UNSAFE = ['//', '/./', '/../', '%2f', '%2F'];
const UNSAFE_ENDS = ['/..', '/.'];

/** The path of a request: absolute, and without what servers and proxies read differently. */
const path: Demand = ({ path, pathType }, site) => {
  if (typeof pathType !== 'string' || pathType === '') return;
  const written = textOf(path) ?? '';
  const literal = pathType === 'Exact' || pathType === 'Prefix';
  if (written === '' && pathType === 'ImplementationSpecific') return;
  const refuse = (because: string): void =>
    site.breach('object/value', `${site.name('path')} ${because}`, {
      at: ['path'],
      found: quote(written),
      expected: 'a path that begins with "/"',
    });
  if (!written.startsWith('/')) {
    return refuse(
      written === ''
        ? `is missing, but pathType is ${quote(pathType)}`
        : `is ${quote(written)}, which does not begin with "/"`,
    );
  }
  if (!literal) return;
  const unsafe = UNSAFE.find((part) => written.includes(part)) ?? UNSAFE_ENDS.find((end) => written.endsWith(end));
  if (unsafe !== undefined) refuse(`is ${quote(written)}, which must not contain "${unsafe}"`);
};

const HOSTS = given(HOST);

/** What the API server asks of an Ingress. */
export const ingress: Look = fields({
  spec: fields(
    {
      ingressClassName: given(DNS_SUBDOMAIN),
      defaultBackend: backend,
      tls: each(fields({ hosts: each(HOSTS), secretName: text(DNS_SUBDOMAIN) })),
      rules: each(fields({ host: hostNotAddress, http: fields({ paths: each(fields({ backend }, path)) }) })),
    },
    atLeastOne('defaultBackend', 'rules'),
  ),
});

/** What the API server asks of an IngressClass. */
export const ingressClass: Look = fields({
  spec: fields({
    controller: text(DOMAIN_PATH),
    parameters: fields(
      {
        apiGroup: given(DNS_SUBDOMAIN),
        kind: text(PATH_SEGMENT),
        name: text(PATH_SEGMENT),
        namespace: given(DNS_LABEL),
      },
      need('namespace', when('scope', 'Namespace')),
      ban('namespace', unless('scope', 'Namespace', 'Cluster')),
    ),
  }),
});

/** A range of ports needs a number to begin with. */
const portRange: Demand = ({ port, endPort }, site) => {
  const end = numberOf(endPort);
  if (end === undefined) return;
  const start = numberOf(port);
  const at = ['endPort'];
  if (start === undefined) {
    const because = (port ?? '') === '' ? 'port is missing' : 'port is a name';
    return site.breach('object/conflict', `${site.name('endPort')} must not be set because ${because}`, { at });
  }
  if (end >= start) return;
  site.breach('object/range', `${site.name('endPort')} is ${end}, but it must be at least port, ${start}`, {
    at,
    found: String(end),
    expected: `at least ${start}`,
  });
};

/** What is left out of a range lies in it. */
const within: Demand = ({ cidr, except }, site) => {
  for (const [index, item] of listOf(except).entries()) {
    const [inner, outer] = [textOf(item), textOf(cidr)];
    if (inner === undefined || outer === undefined || isStrictlyWithin(inner, outer) !== false) continue;
    const at = ['except', index];
    site.breach(
      'object/address',
      `${site.name(...at)} is ${quote(inner)}, which is not a smaller part of cidr, ${quote(outer)}`,
      {
        at,
        found: quote(inner),
        expected: `a part of ${outer}`,
      },
    );
  }
};

/** A peer is a block of addresses, or pods. */
const onePeer: Demand = (peer, site) => {
  const others = ['podSelector', 'namespaceSelector'].filter((name) => isSet(peer, name));
  if (!isSet(peer, 'ipBlock') || others.length === 0) return;
  site.breach('object/one-of', `${site.name()} has "ipBlock" and "${others[0]}", but only one of them may be set`, {
    hint: 'make two peers of them',
  });
};

const peers: Look = each(
  fields(
    {
      podSelector: labelSelector,
      namespaceSelector: labelSelector,
      ipBlock: fields({ cidr: text(ADDRESS_RANGE), except: each(given(ADDRESS_RANGE)) }, within),
    },
    atLeastOne('podSelector', 'namespaceSelector', 'ipBlock'),
    onePeer,
  ),
);
const ports: Look = each(fields({ port: portName }, portRange));

/** What the API server asks of a NetworkPolicy. */
export const networkPolicy: Look = fields({
  spec: fields({
    podSelector: labelSelector,
    ingress: each(fields({ from: peers, ports })),
    egress: each(fields({ to: peers, ports })),
    policyTypes: (value, site) => {
      if (listOf(value).length <= 2) return;
      site.breach('object/duplicate', `${site.name()} has ${listOf(value).length} entries, but there are 2 types only`);
    },
  }),
});

/** One range for each family. */
function onePerFamily(ranges: readonly unknown[], site: Site): void {
  const seen = new Set<number>();
  for (const [index, range] of ranges.entries()) {
    const family = typeof range === 'string' ? familyOfRange(range) : undefined;
    if (family === undefined) continue;
    if (seen.has(family)) {
      site.breach('object/duplicate', `${site.name(index)} is ${quote(range)}, another range of IPv${family}`, {
        at: [index],
        expected: 'one range of IPv4 and one of IPv6 at most',
      });
    }
    seen.add(family);
  }
}

/** What the API server asks of a ServiceCIDR. */
export const serviceCidr: Look = fields({ spec: fields({ cidrs: each(given(ADDRESS_RANGE), onePerFamily) }) });

/** What the API server asks of an IPAddress. */
export const ipAddress: Look = fields({
  spec: fields({
    parentRef: fields({
      group: text(DNS_SUBDOMAIN),
      resource: text(PATH_SEGMENT),
      namespace: text(PATH_SEGMENT),
      name: text(PATH_SEGMENT),
    }),
  }),
});

/** Taints are told apart by key and effect. */
function taintsOnce(taints: readonly unknown[], site: Site): void {
  const seen = new Set<string>();
  for (const [index, item] of taints.entries()) {
    const { key, effect } = isMapping(item) ? item : {};
    const id = `${textOf(key) ?? ''}:${textOf(effect) ?? ''}`;
    if (seen.has(id)) {
      site.breach('object/duplicate', `${site.name(index)} has the key and effect of another taint, ${id}`, {
        at: [index],
      });
    }
    seen.add(id);
  }
}

/** What the API server asks of a Node. */
export const node: Look = fields({
  spec: fields({ taints: each(fields({ key: labelKey, value: text(LABEL_VALUE) }), taintsOnce) }),
});
