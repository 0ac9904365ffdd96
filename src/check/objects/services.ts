/** Services, and the endpoints behind them. */
import { type Fields, fieldsOf, listOf, textOf } from '../object.ts';
import { ADDRESS_RANGE, endpointAddress, familyOf, IP_ADDRESS, isAddress } from './addresses.ts';
import { atLeastOne, ban, need, type Reason, uniqueBy, uniqueItems, when } from './demands.ts';
import { labels } from './labels.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { numberOf } from './numbers.ts';
import { portName } from './pod/probes.ts';
import { quote, type Site } from './site.ts';
import { DNS_LABEL, DNS_SUBDOMAIN, type Form, given, LABEL_VALUE, QUALIFIED_NAME, text, word } from './texts.ts';

const typeOf = ({ type }: Fields): string => textOf(type) || 'ClusterIP';
const isHeadless = ({ clusterIP, clusterIPs }: Fields): boolean => (clusterIP ?? listOf(clusterIPs)[0]) === 'None';

/** Why a field is not for this type of Service. */
const onlyFor =
  (...types: readonly string[]): Reason =>
  (spec) =>
    types.includes(typeOf(spec)) ? undefined : `type is "${typeOf(spec)}"`;

const notFor =
  (type: string): Reason =>
  (spec) =>
    typeOf(spec) === type ? `type is "${type}"` : undefined;

/** Sources may be written with blanks around them. */
const SOURCE_RANGE: Form = { ...ADDRESS_RANGE, fits: (range, minor) => ADDRESS_RANGE.fits(range.trim(), minor) };

/** The DNS name that stands behind an external Service; a dot at the end is allowed. */
const EXTERNAL: Form = { ...DNS_SUBDOMAIN, fits: (name, minor) => DNS_SUBDOMAIN.fits(name.replace(/\.$/, ''), minor) };

const servicePort: Look = fields({
  name: text(DNS_LABEL),
  targetPort: portName,
  appProtocol: given(QUALIFIED_NAME),
});

/** Ports of a protocol, each once; so are ports of the nodes. */
function portsOnce(ports: readonly unknown[], site: Site): void {
  const nodes = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, item] of ports.entries()) {
    const { protocol, port, nodePort } = fieldsOf(item);
    const number = `${textOf(protocol) || 'TCP'} ${quote(port)}`;
    if (numbers.has(number)) {
      site.breach('object/duplicate', `${site.name(index)} has the port of another, ${number}`, { at: [index] });
    }
    numbers.add(number);
    if (numberOf(nodePort) === undefined || numberOf(nodePort) === 0) continue;
    const key = `${textOf(protocol) || 'TCP'}/${quote(nodePort)}`;
    if (nodes.has(key)) {
      const at = [index, 'nodePort'];
      site.breach('object/duplicate', `${site.name(...at)} is ${quote(nodePort)}, which another port has too`, { at });
    }
    nodes.add(key);
  }
}

/** Several ports need names to be told apart. */
function portNames(ports: readonly unknown[], site: Site): void {
  if (ports.length < 2) return;
  for (const [index, item] of ports.entries()) {
    site.into(index, item, () => need('name', () => 'the Service has several ports')(fieldsOf(item), site));
  }
}

const portsNeeded: Reason = (spec) =>
  isHeadless(spec) || typeOf(spec) === 'ExternalName' ? undefined : 'clients ask for a port';

const noNodePorts: Demand = (spec, site) => {
  if (typeOf(spec) !== 'ClusterIP') return;
  for (const [index, item] of listOf(spec.ports).entries()) {
    const { nodePort } = fieldsOf(item);
    if (nodePort === undefined || nodePort === null || nodePort === 0) continue;
    const at = ['ports', index, 'nodePort'];
    site.breach('object/conflict', `${site.name(...at)} must not be set because type is "ClusterIP"`, {
      at,
      hint: 'remove nodePort, or set type to NodePort or LoadBalancer',
    });
  }
};

/** Traffic can only be kept on a node where it comes from outside. */
const external: Reason = (spec) => {
  const type = typeOf(spec);
  if (type === 'LoadBalancer' || type === 'NodePort') return undefined;
  if (type === 'ClusterIP' && listOf(spec.externalIPs).length > 0) return undefined;
  return `type is "${type}"${type === 'ClusterIP' ? ' and externalIPs is empty' : ''}`;
};

const healthCheck: Reason = (spec) => {
  if (typeOf(spec) !== 'LoadBalancer') return `type is "${typeOf(spec)}"`;
  return spec.externalTrafficPolicy === 'Local' ? undefined : 'externalTrafficPolicy is not "Local"';
};

const clusterAddresses: Demand = (spec, site) => {
  const { clusterIP } = spec;
  const type = typeOf(spec);
  const addresses = listOf(spec.clusterIPs);
  if (type === 'ExternalName') return;
  if (isHeadless(spec) && type !== 'ClusterIP') {
    site.breach('object/conflict', `${site.name('clusterIP')} must not be "None" because type is "${type}"`, {
      at: ['clusterIP'],
      hint: 'remove clusterIP, or set type to ClusterIP',
    });
  }
  if (typeof clusterIP === 'string' && clusterIP !== '' && clusterIP !== 'None') {
    site.into('clusterIP', clusterIP, given(IP_ADDRESS));
  }
  if (addresses.length > 0 && (clusterIP ?? '') !== '' && addresses[0] !== clusterIP) {
    site.breach(
      'object/conflict',
      `${site.name('clusterIPs')} begins with ${quote(addresses[0])}, but clusterIP is ${quote(clusterIP)}`,
      {
        at: ['clusterIPs'],
        hint: 'set only clusterIPs',
      },
    );
  }
};

const families: Demand = ({ ipFamilies, clusterIPs }, site) => {
  for (const [index, family] of listOf(ipFamilies).entries()) {
    const address = textOf(listOf(clusterIPs)[index]);
    if (address === undefined || !isAddress(address) || `IPv${familyOf(address)}` === family) continue;
    site.breach(
      'object/conflict',
      `${site.name('clusterIPs', index)} is ${quote(address)}, but ipFamilies[${index}] is ${quote(family)}`,
      {
        at: ['clusterIPs', index],
      },
    );
  }
};

const serviceSpec: Look = fields(
  {
    ports: each(servicePort, portsOnce, portNames, uniqueBy('name')),
    selector: labels,
    externalIPs: each(endpointAddress),
    loadBalancerSourceRanges: each(given(SOURCE_RANGE)),
    loadBalancerClass: given(QUALIFIED_NAME),
    externalName: text(EXTERNAL),
    ipFamilies: each(() => undefined, uniqueItems),
    trafficDistribution: word(['PreferClose', 'PreferSameZone', 'PreferSameNode']),
  },
  need('ports', portsNeeded),
  need('externalName', when('type', 'ExternalName')),
  noNodePorts,
  ...['loadBalancerSourceRanges', 'loadBalancerClass', 'allocateLoadBalancerNodePorts'].map((name) =>
    ban(name, onlyFor('LoadBalancer')),
  ),
  ...['ipFamilies', 'ipFamilyPolicy', 'clusterIPs', 'clusterIP'].map((name) => ban(name, notFor('ExternalName'))),
  ban('externalTrafficPolicy', external),
  banPort('healthCheckNodePort'),
  clusterAddresses,
  families,
);

function banPort(name: string): Demand {
  const demand = ban(name, healthCheck);
  return (spec, site) => {
    if (numberOf(spec[name]) !== 0) demand(spec, site);
  };
}

/** What the API server asks of a Service. */
export const service: Look = fields({ spec: serviceSpec });

const address: Look = fields({ ip: endpointAddress, hostname: text(DNS_LABEL), nodeName: given(DNS_SUBDOMAIN) });
const endpointPorts: Look = each(fields({ name: text(DNS_LABEL), appProtocol: given(QUALIFIED_NAME) }), portNames);

/** What the API server asks of Endpoints. */
export const endpoints: Look = fields({
  subsets: each(
    fields(
      { addresses: each(address), notReadyAddresses: each(address), ports: endpointPorts },
      atLeastOne('addresses', 'notReadyAddresses'),
    ),
  ),
});

/** Addresses of a slice are all of its type. */
const ofType: Demand = ({ addressType, endpoints }, site) => {
  for (const [index, item] of listOf(endpoints).entries()) {
    for (const [position, value] of listOf(fieldsOf(item).addresses).entries()) {
      const at = ['endpoints', index, 'addresses', position];
      if (addressType === 'FQDN') inSlice(value, at, site, fqdn);
      else {
        inSlice(value, at, site, endpointAddress);
        wrongFamily(value, addressType, at, site);
      }
    }
  }
};

const FQDN: Form = {
  ...DNS_SUBDOMAIN,
  rule: 'object/address',
  name: 'a host name with a domain such as "web.example.com"',
  fits: (name, minor) => DNS_SUBDOMAIN.fits(name.replace(/\.$/, ''), minor) && name.replace(/\.$/, '').includes('.'),
};
const fqdn = given(FQDN);

function inSlice(value: unknown, at: readonly (string | number)[], site: Site, look: Look): void {
  const [key = '', ...rest] = at;
  site.into(key, value, () => (rest.length === 0 ? look(value, site) : inSlice(value, rest, site, look)));
}

function wrongFamily(value: unknown, type: unknown, at: readonly (string | number)[], site: Site): void {
  const family = typeof value === 'string' ? familyOf(value) : undefined;
  if (family === undefined || (type !== 'IPv4' && type !== 'IPv6') || `IPv${family}` === type) return;
  site.breach('object/conflict', `${site.name(...at)} is ${quote(value)}, but addressType is "${type}"`, { at });
}

/** What the API server asks of an EndpointSlice. */
export const endpointSlice: Look = fields(
  {
    endpoints: each(
      fields({
        hostname: given(DNS_LABEL),
        nodeName: given(DNS_SUBDOMAIN),
        hints: fields({ forZones: each(fields({ name: given(LABEL_VALUE) }), uniqueBy('name')) }),
      }),
    ),
    ports: each(fields({ name: text(DNS_LABEL), appProtocol: given(QUALIFIED_NAME) }), slicePorts),
  },
  ofType,
);

/** Ports of a slice need different names; one of them may have none. */
function slicePorts(ports: readonly unknown[], site: Site): void {
  const names = new Set<string>();
  for (const [index, item] of ports.entries()) {
    const name = textOf(fieldsOf(item).name) ?? '';
    const at = [index, 'name'];
    if (names.has(name)) {
      site.breach('object/duplicate', `${site.name(...at)} is ${quote(name)}, which another port has too`, { at });
    }
    names.add(name);
  }
}
