import { describe, expect, test } from 'vitest';
import { pod } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'the name of a container',
    pod,
    { 'spec.containers.0.name': 'Web_App' },
    [
      'object/name spec.containers[0].name: containers[0].name is "Web_App", which is not a DNS label (at most 63 of a-z, 0-9 and "-", with a letter or digit first and last)',
    ],
  ],
  [
    'the name of a port',
    pod,
    { 'spec.containers.0.ports.0.name': 'http-and-metrics' },
    [
      'object/name spec.containers[0].ports[0].name: ports[0].name is "http-and-metrics", which is not a port name (at most 15 of a-z, 0-9 and "-", with a letter among them, no "--", and no "-" first or last)',
    ],
  ],
  [
    'blanks around an image',
    pod,
    { 'spec.containers.0.image': ' example.com/web:1.2.3' },
    [
      'object/value spec.containers[0].image: containers[0].image is " example.com/web:1.2.3", which is not an image without blanks around it',
    ],
  ],
  [
    'the name of a variable',
    pod,
    { 'spec.containers.0.env.0.name': 'A=B' },
    [
      'object/name spec.containers[0].env[0].name: env[0].name is "A=B", which is not a name for an environment variable (printable ASCII without "="; until Kubernetes 1.31 letters, digits, "-", "_" and ".", with no digit first)',
    ],
  ],
  [
    'a field that pods do not offer',
    pod,
    { 'spec.containers.0.env.0': { name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } } },
    [
      'object/value spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: fieldRef.fieldPath is "status.phase", which pods do not offer here',
    ],
  ],
  [
    'a label of the pod as a variable',
    pod,
    { 'spec.containers.0.env.0': { name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } } },
    [],
  ],
  [
    'a resource that cannot be told',
    pod,
    { 'spec.containers.0.env.0': { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } } },
    [
      'object/value spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: resourceFieldRef.resource is "limits.gpu", but it must be "limits.cpu", "requests.cpu", "limits.memory", "requests.memory", "limits.ephemeral-storage" or "requests.ephemeral-storage"',
    ],
  ],
  [
    'a unit of a resource',
    pod,
    {
      'spec.containers.0.env.0': {
        name: 'A',
        valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '10m' } },
      },
    },
    [
      'object/value spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: resourceFieldRef.divisor is "10m", but for limits.cpu it must be "1m" or "1"',
    ],
  ],
  [
    'the name of a Secret',
    pod,
    { 'spec.containers.0.env.0': { name: 'A', valueFrom: { secretKeyRef: { name: 'Web', key: 'a' } } } },
    [
      'object/name spec.containers[0].env[0].valueFrom.secretKeyRef.name: secretKeyRef.name is "Web", which is not a DNS name (at most 253 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part)',
    ],
  ],
  [
    'the key of a ConfigMap',
    pod,
    { 'spec.containers.0.env.0': { name: 'A', valueFrom: { configMapKeyRef: { name: 'web', key: 'a b' } } } },
    [
      'object/name spec.containers[0].env[0].valueFrom.configMapKeyRef.key: configMapKeyRef.key is "a b", which is not a key for data (at most 253 of A-Z, a-z, 0-9, "-", "_" and ".", not "." and not ".." at the beginning)',
    ],
  ],
  [
    'a sub-path that leaves the volume',
    pod,
    { 'spec.containers.0.volumeMounts.0.subPath': '../other' },
    [
      'object/value spec.containers[0].volumeMounts[0].subPath: volumeMounts[0].subPath is "../other", which is not a path below the volume (it does not begin with "/" and has no part "..")',
    ],
  ],
  [
    'a path of a file that leaves the volume',
    pod,
    { 'spec.volumes.0': { name: 'data', configMap: { name: 'web', items: [{ key: 'a', path: '/a' }] } } },
    [
      'object/value spec.volumes[0].configMap.items[0].path: items[0].path is "/a", which is not a path below the volume (it does not begin with "/" and has no part "..")',
    ],
  ],
  [
    "a path that is Kubernetes' own",
    pod,
    { 'spec.volumes.0': { name: 'data', configMap: { name: 'web', items: [{ key: 'a', path: '..data' }] } } },
    [
      'object/value spec.volumes[0].configMap.items[0].path: items[0].path is "..data", but names that begin with ".." are Kubernetes\' own',
    ],
  ],
  [
    'a header of a probe',
    pod,
    { 'spec.containers.0.livenessProbe': { httpGet: { port: 'http', httpHeaders: [{ name: 'X A', value: 'b' }] } } },
    [
      'object/value spec.containers[0].livenessProbe.httpGet.httpHeaders[0].name: httpHeaders[0].name is "X A", which is not the name of an HTTP header (letters, digits and "-")',
    ],
  ],
  [
    'the name of a port in a probe',
    pod,
    { 'spec.containers.0.livenessProbe': { httpGet: { port: 'web--port' } } },
    [
      'object/name spec.containers[0].livenessProbe.httpGet.port: httpGet.port is "web--port", which is not a port name (at most 15 of a-z, 0-9 and "-", with a letter among them, no "--", and no "-" first or last)',
    ],
  ],
  [
    'a name server',
    pod,
    { 'spec.dnsConfig': { nameservers: ['dns.example.com'] } },
    [
      'object/address spec.dnsConfig.nameservers[0]: dnsConfig.nameservers[0] is "dns.example.com", which is not an IP address such as 10.9.8.7 or 2001:db8::1',
    ],
  ],
  [
    'a domain to search in',
    pod,
    { 'spec.dnsConfig': { searches: ['Example.com'] } },
    [
      'object/address spec.dnsConfig.searches[0]: dnsConfig.searches[0] is "Example.com", which is not a domain such as "svc.cluster.local"',
    ],
  ],
  [
    'too many name servers',
    pod,
    { 'spec.dnsConfig': { nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'] } },
    ['object/range spec.dnsConfig.nameservers: dnsConfig.nameservers has 4 entries, but 3 is the most'],
  ],
  [
    'an alias of a host',
    pod,
    { 'spec.hostAliases': [{ ip: '192.0.2.300', hostnames: ['Web'] }] },
    [
      'object/address spec.hostAliases[0].ip: hostAliases[0].ip is "192.0.2.300", which is not an IP address such as 10.9.8.7 or 2001:db8::1',
      'object/name spec.hostAliases[0].hostnames[0]: hostAliases[0].hostnames[0] is "Web", which is not a DNS name (at most 253 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part)',
    ],
  ],
  [
    'a service account',
    pod,
    { 'spec.serviceAccountName': 'web_app' },
    [
      'object/name spec.serviceAccountName: spec.serviceAccountName is "web_app", which is not a DNS name (at most 253 of a-z, 0-9, "-" and ".", with a letter or digit at both ends of every part)',
    ],
  ],
  [
    'a host name',
    pod,
    { 'spec.hostname': 'web.eu' },
    [
      'object/name spec.hostname: spec.hostname is "web.eu", which is not a DNS label (at most 63 of a-z, 0-9 and "-", with a letter or digit first and last)',
    ],
  ],
  [
    'a node selector',
    pod,
    { 'spec.nodeSelector': { 'disk type': 'ssd' } },
    [
      'object/labels spec.nodeSelector["disk type"]: spec.nodeSelector has the key "disk type", which is not a label key such as "app" or "example.com/app" (at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit first and last, after an optional DNS name and "/")',
    ],
  ],
  [
    'a kernel parameter',
    pod,
    { 'spec.securityContext': { sysctls: [{ name: 'Net.Core', value: '1' }] } },
    [
      'object/name spec.securityContext.sysctls[0].name: sysctls[0].name is "Net.Core", which is not the name of a kernel parameter such as "kernel.shm_rmid_forced"',
    ],
  ],
  [
    'a resource that does not exist',
    pod,
    { 'spec.containers.0.resources': { limits: { memroy: '1Gi' } } },
    [
      'object/quantity spec.containers[0].resources.limits.memroy: limits.memroy is not a resource that a container can have',
    ],
  ],
  [
    'a negative amount',
    pod,
    { 'spec.containers.0.resources': { limits: { cpu: -1 } } },
    ['object/quantity spec.containers[0].resources.limits.cpu: limits.cpu is -1, but it must be at least 0'],
  ],
  [
    'a part of a device',
    pod,
    { 'spec.containers.0.resources': { limits: { 'example.com/gpu': '500m' } } },
    [
      'object/quantity spec.containers[0].resources.limits["example.com/gpu"]: limits["example.com/gpu"] is "500m", but it must be a whole number, as this resource cannot be divided',
    ],
  ],
  [
    'huge pages that are not divisible',
    pod,
    { 'spec.containers.0.resources': { limits: { cpu: 1, 'hugepages-2Mi': '3Mi' } } },
    [
      'object/quantity spec.containers[0].resources.limits.hugepages-2Mi: limits.hugepages-2Mi is "3Mi", but it must be a multiple of the size of the pages',
    ],
  ],
  [
    'huge pages alone',
    pod,
    { 'spec.containers.0.resources': { limits: { 'hugepages-2Mi': '4Mi' } } },
    [
      'object/quantity spec.containers[0].resources: containers[0].resources has huge pages without cpu or memory, which they need',
    ],
  ],
  [
    'an NFS path',
    pod,
    { 'spec.volumes.0': { name: 'data', nfs: { server: 'nfs.example.com', path: 'web' } } },
    ['object/value spec.volumes[0].nfs.path: nfs.path is "web", which is not an absolute path (it begins with "/")'],
  ],
  [
    'a path on the host',
    pod,
    { 'spec.volumes.0': { name: 'data', hostPath: { path: '/var/../etc' } } },
    ['object/value spec.volumes[0].hostPath.path: hostPath.path is "/var/../etc", which is not a path without ".."'],
  ],
  [
    'an iSCSI target',
    pod,
    { 'spec.volumes.0': { name: 'data', iscsi: { targetPortal: '192.0.2.1', iqn: 'web', lun: 0 } } },
    [
      'object/value spec.volumes[0].iscsi.iqn: iscsi.iqn is "web", which is not the name of an iSCSI target (it begins with "iqn", "eui" or "naa" and follows its rules)',
    ],
  ],
  [
    'a disk of another kind',
    pod,
    { 'spec.volumes.0': { name: 'data', azureDisk: { diskName: 'web', diskURI: '/subscriptions/a', kind: 'Shared' } } },
    [
      'object/value spec.volumes[0].azureDisk.diskURI: azureDisk.diskURI is "/subscriptions/a", but with kind "Shared" it begins with "https://"',
    ],
  ],
];

describe('values in a pod', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});
