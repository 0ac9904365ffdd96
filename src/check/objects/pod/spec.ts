/** The spec of a pod, wherever it occurs. */
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../../object.ts';
import { IP_ADDRESS } from '../addresses.ts';
import { exactlyOne, need, when } from '../demands.ts';
import { labels } from '../labels.ts';
import { all, each, fields, type Look } from '../look.ts';
import { numberOf } from '../numbers.ts';
import { quote, type Site } from '../site.ts';
import { DNS_LABEL, DNS_SUBDOMAIN, type Form, given, QUALIFIED_NAME, text } from '../texts.ts';
import { containers, initContainers } from './containers.ts';
import { sleepsInTime } from './probes.ts';
import { claimsExist, containersOf, hostPorts, namesDiffer, volumesExist } from './references.ts';
import { resources } from './resources.ts';
import { affinity, spread, tolerations } from './scheduling.ts';
import { podSecurity, podSecurityOfSpec } from './security.ts';
import { volumes } from './volumes.ts';
import { ofSystem } from './windows.ts';

/** Domains to search in: an underscore is allowed, and a dot at the end. */
const SEARCH: Form = {
  rule: 'object/address',
  name: 'a domain such as "svc.cluster.local"',
  made: '',
  fits: (domain, minor) => {
    const plain = domain.replace(/\.$/, '');
    if (minor < 33) return DNS_SUBDOMAIN.fits(plain, minor);
    return (
      domain === '.' ||
      (plain.length <= 253 &&
        /^_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?(?:\._?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?)*$/.test(plain))
    );
  },
};

const dnsConfig: Look = fields({
  nameservers: all(each(given(IP_ADDRESS)), atMost(3)),
  searches: all(each(given(SEARCH)), atMost(32)),
  options: each(fields({}, need('name'))),
});

const nameservers = need('nameservers', () => 'dnsPolicy is "None"');

/** A pod that is given no name servers must bring its own. */
function ownServers({ dnsPolicy, dnsConfig }: Fields, site: Site): void {
  if (dnsPolicy !== 'None' || !isMapping(dnsConfig)) return;
  site.into('dnsConfig', dnsConfig, () => nameservers(dnsConfig, site));
}

function atMost(most: number): Look {
  return (value, site) => {
    const count = listOf(value).length;
    if (count <= most) return;
    site.breach('object/range', `${site.name()} has ${count} entries, but ${most} is the most`, {
      found: `${count} entries`,
      expected: `at most ${most}`,
    });
  };
}

const resourceClaims: Look = each(
  fields(
    { name: text(DNS_LABEL), resourceClaimName: given(DNS_SUBDOMAIN), resourceClaimTemplateName: given(DNS_SUBDOMAIN) },
    exactlyOne('resourceClaimName', 'resourceClaimTemplateName'),
  ),
);

function sleeps(spec: Fields, site: Site): void {
  const grace = numberOf(spec.terminationGracePeriodSeconds) ?? 30;
  for (const { container, at } of containersOf(spec)) {
    const hooks = container.lifecycle;
    if (isMapping(hooks)) sleepsInTime(hooks, { grace: grace < 0 ? 1 : grace, at: [...at, 'lifecycle'] }, site);
  }
}

/** A StatefulSet gives its pods names of their own, and does not look at these. */
function hostLabel(value: unknown, site: Site): void {
  if (site.object.kind !== 'StatefulSet') text(DNS_LABEL)(value, site);
}

/** Kernel parameters that are the host's where the pod shares a namespace with it. */
const SHARED = [
  { flag: 'hostNetwork', names: /^net\./ },
  { flag: 'hostIPC', names: /^(?:kernel\.(?:shm|msg|sem$)|fs\.mqueue\.)/ },
];

function sysctlsOfHost(spec: Fields, site: Site): void {
  for (const [index, item] of listOf(fieldsOf(spec.securityContext).sysctls).entries()) {
    const name = textOf(fieldsOf(item).name) ?? '';
    const shared = SHARED.find(({ flag, names }) => spec[flag] === true && names.test(name.replaceAll('/', '.')));
    if (shared === undefined) continue;
    const at = ['securityContext', 'sysctls', index, 'name'];
    site.breach(
      'object/conflict',
      `${site.name(...at)} is ${quote(name)}, which must not be set because ${shared.flag} is true`,
      {
        at,
        hint: `remove the sysctl, or ${shared.flag}`,
      },
    );
  }
}

/** What holds for all pods. */
export const podSpec: Look = fields(
  {
    containers,
    initContainers,
    volumes,
    resourceClaims,
    securityContext: podSecurity,
    affinity,
    tolerations,
    topologySpreadConstraints: spread,
    nodeSelector: labels,
    serviceAccountName: text(DNS_SUBDOMAIN),
    nodeName: text(DNS_SUBDOMAIN),
    hostname: hostLabel,
    subdomain: hostLabel,
    priorityClassName: text(DNS_SUBDOMAIN),
    hostAliases: each(fields({ ip: text(IP_ADDRESS), hostnames: each(given(DNS_SUBDOMAIN)) })),
    readinessGates: each(fields({ conditionType: text(QUALIFIED_NAME) })),
    schedulingGates: each(fields({ name: text(QUALIFIED_NAME) })),
    runtimeClassName: given(DNS_SUBDOMAIN),
    dnsConfig,
    overhead: (value, site) => resources({ limits: value }, site),
  },
  need('dnsConfig', when('dnsPolicy', 'None')),
  ownServers,
  podSecurityOfSpec,
  volumesExist,
  claimsExist,
  namesDiffer,
  hostPorts,
  sleeps,
  ofSystem,
  sysctlsOfHost,
);
