import { describe, expect, test } from 'vitest';
import { ingress, networkPolicy, service } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'a Service without ports',
    service,
    { 'spec.ports': [] },
    ['object/required spec.ports: spec.ports is missing, which is needed because clients ask for a port'],
  ],
  ['a headless Service without ports', service, { 'spec.ports': [], 'spec.clusterIP': 'None' }, []],
  [
    'several ports without names',
    service,
    { 'spec.ports': [{ port: 80 }, { port: 81 }] },
    [
      'object/required spec.ports[0].name: ports[0].name is missing, which is needed because the Service has several ports',
      'object/required spec.ports[1].name: ports[1].name is missing, which is needed because the Service has several ports',
    ],
  ],
  [
    'one port twice',
    service,
    {
      'spec.ports': [
        { name: 'a', port: 80 },
        { name: 'b', port: 80, protocol: 'UDP' },
        { name: 'c', port: 81, nodePort: 30000 },
        { name: 'd', port: 82, nodePort: 30000 },
      ],
      'spec.type': 'NodePort',
    },
    ['object/duplicate spec.ports[3].nodePort: ports[3].nodePort is 30000, which another port has too'],
  ],
  [
    'two ports of one name',
    service,
    {
      'spec.ports': [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
    },
    ['object/duplicate spec.ports[1].name: ports[1].name is "a", as is ports[0].name'],
  ],
  [
    'a port of the nodes',
    service,
    { 'spec.ports.0.nodePort': 30000 },
    ['object/conflict spec.ports[0].nodePort: ports[0].nodePort must not be set because type is "ClusterIP"'],
  ],
  [
    'fields of load balancers',
    service,
    { 'spec.loadBalancerSourceRanges': ['10.0.0.0/8'], 'spec.allocateLoadBalancerNodePorts': true },
    [
      'object/conflict spec.loadBalancerSourceRanges: spec.loadBalancerSourceRanges must not be set because type is "ClusterIP"',
      'object/conflict spec.allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts must not be set because type is "ClusterIP"',
    ],
  ],
  [
    'traffic from outside that there is not',
    service,
    { 'spec.externalTrafficPolicy': 'Local' },
    [
      'object/conflict spec.externalTrafficPolicy: spec.externalTrafficPolicy must not be set because type is "ClusterIP" and externalIPs is empty',
    ],
  ],
  [
    'a health check of local traffic',
    service,
    { 'spec.type': 'LoadBalancer', 'spec.healthCheckNodePort': 30000 },
    [
      'object/conflict spec.healthCheckNodePort: spec.healthCheckNodePort must not be set because externalTrafficPolicy is not "Local"',
    ],
  ],
  [
    'an external name that is missing',
    service,
    { 'spec.type': 'ExternalName' },
    ['object/required spec.externalName: spec.externalName is missing, which is needed because type is "ExternalName"'],
  ],
  [
    'an address of what has only a name',
    service,
    { 'spec.type': 'ExternalName', 'spec.externalName': 'web.example.com', 'spec.clusterIP': 'None' },
    ['object/conflict spec.clusterIP: spec.clusterIP must not be set because type is "ExternalName"'],
  ],
  [
    'no address of what needs one',
    service,
    { 'spec.type': 'NodePort', 'spec.clusterIP': 'None' },
    ['object/conflict spec.clusterIP: spec.clusterIP must not be "None" because type is "NodePort"'],
  ],
  [
    'addresses that contradict each other',
    service,
    { 'spec.clusterIP': '10.0.0.1', 'spec.clusterIPs': ['10.0.0.2'] },
    ['object/conflict spec.clusterIPs: spec.clusterIPs begins with "10.0.0.2", but clusterIP is "10.0.0.1"'],
  ],
  [
    'an address of the other family',
    service,
    { 'spec.clusterIPs': ['10.0.0.1'], 'spec.clusterIP': '10.0.0.1', 'spec.ipFamilies': ['IPv6'] },
    ['object/conflict spec.clusterIPs[0]: spec.clusterIPs[0] is "10.0.0.1", but ipFamilies[0] is "IPv6"'],
  ],
  [
    'an external address that nobody reaches',
    service,
    { 'spec.externalIPs': ['127.0.0.1'] },
    [
      'object/address spec.externalIPs[0]: spec.externalIPs[0] is "127.0.0.1", a loopback address, which the API server does not take here',
    ],
  ],
  [
    'an Ingress of nothing',
    ingress,
    { spec: { ingressClassName: 'nginx' } },
    ['object/one-of spec: spec has none of "defaultBackend" and "rules", but at least one is needed'],
  ],
  [
    'a host that is an address',
    ingress,
    { 'spec.rules.0.host': '192.0.2.1' },
    ['object/address spec.rules[0].host: rules[0].host is "192.0.2.1", an IP address, but a host name is needed'],
  ],
  [
    'a host with a star inside',
    ingress,
    { 'spec.rules.0.host': 'web.*.example.com' },
    [
      'object/address spec.rules[0].host: rules[0].host is "web.*.example.com", which is not a host name such as "web.example.com" (a-z, 0-9, "-" and ".", with "*." at most at the beginning)',
    ],
  ],
  [
    'a relative path',
    ingress,
    { 'spec.rules.0.http.paths.0.path': 'web' },
    ['object/value spec.rules[0].http.paths[0].path: paths[0].path is "web", which does not begin with "/"'],
  ],
  [
    'no path',
    ingress,
    { 'spec.rules.0.http.paths.0.path': undefined },
    ['object/value spec.rules[0].http.paths[0].path: paths[0].path is missing, but pathType is "Prefix"'],
  ],
  [
    'a path that is read in two ways',
    ingress,
    { 'spec.rules.0.http.paths.0.path': '/web/../admin' },
    ['object/value spec.rules[0].http.paths[0].path: paths[0].path is "/web/../admin", which must not contain "/../"'],
  ],
  [
    'a backend of nothing',
    ingress,
    { 'spec.rules.0.http.paths.0.backend': {} },
    [
      'object/one-of spec.rules[0].http.paths[0].backend: paths[0].backend has none of "service" and "resource", but exactly one is needed',
    ],
  ],
  [
    'a backend without port',
    ingress,
    { 'spec.rules.0.http.paths.0.backend.service.port': {} },
    ['object/one-of spec.rules[0].http.paths[0].backend.service.port: service.port has neither name nor number'],
  ],
  [
    'a port by name and number',
    ingress,
    { 'spec.rules.0.http.paths.0.backend.service.port.number': 80 },
    [
      'object/one-of spec.rules[0].http.paths[0].backend.service.port: service.port has a name and a number, but only one of them may be set',
    ],
  ],
  [
    'a host of a certificate',
    ingress,
    { 'spec.tls': [{ hosts: ['Web.example.com'], secretName: 'Web' }] },
    [
      'object/address spec.tls[0].hosts[0]: tls[0].hosts[0] is "Web.example.com", which is not a host name such as "web.example.com" (a-z, 0-9, "-" and ".", with "*." at most at the beginning)',
      'object/name spec.tls[0].secretName: tls[0].secretName is "Web", which is not a DNS name (at most 253 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part)',
    ],
  ],
  [
    'a part outside of its range',
    networkPolicy,
    { 'spec.ingress.0.from.0.ipBlock.except.0': '192.168.0.0/16' },
    [
      'object/address spec.ingress[0].from[0].ipBlock.except[0]: ipBlock.except[0] is "192.168.0.0/16", which is not a smaller part of cidr, "10.0.0.0/8"',
    ],
  ],
  [
    'a range with bits behind its mask',
    networkPolicy,
    { 'spec.ingress.0.from.0.ipBlock': { cidr: '10.0.0.1/8' } },
    [
      'object/address spec.ingress[0].from[0].ipBlock.cidr: ipBlock.cidr is "10.0.0.1/8", which is not an address range such as 10.9.8.0/24 or 2001:db8::/64',
    ],
  ],
  [
    'a peer of nothing',
    networkPolicy,
    { 'spec.ingress.0.from.0': {} },
    [
      'object/one-of spec.ingress[0].from[0]: ingress[0].from[0] has none of "podSelector", "namespaceSelector" and "ipBlock", but at least one is needed',
    ],
  ],
  [
    'a peer of addresses and pods',
    networkPolicy,
    { 'spec.ingress.0.from.0.podSelector': {} },
    [
      'object/one-of spec.ingress[0].from[0]: ingress[0].from[0] has "ipBlock" and "podSelector", but only one of them may be set',
    ],
  ],
  [
    'ports that end before they begin',
    networkPolicy,
    { 'spec.ingress.0.ports.0.endPort': 79 },
    ['object/range spec.ingress[0].ports[0].endPort: ports[0].endPort is 79, but it must be at least port, 80'],
  ],
  [
    'ports from a name',
    networkPolicy,
    { 'spec.ingress.0.ports.0.port': 'http' },
    ['object/conflict spec.ingress[0].ports[0].endPort: ports[0].endPort must not be set because port is a name'],
  ],
];

describe('Services, Ingresses, NetworkPolicies', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});
