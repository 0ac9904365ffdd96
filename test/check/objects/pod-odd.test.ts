import { describe, expect, test } from 'vitest';
import { fieldText, objectsOf } from '../../../src/check/object.ts';
import { checkObject } from '../../../src/check/objects/check-object.ts';
import { openCatalog } from '../../../src/check/schema/catalog.ts';

const targets = { kubernetes: '1.36', flux: '2.9' };
const catalog = openCatalog(targets);

/** `rule field: message (hint)` of what is said about a container. */
function said(container: object, list = 'containers'): readonly string[] {
  const found: string[] = [];
  const web = { name: 'web', image: 'example.com/web:1.2.3' };
  const spec = { containers: [web], [list]: [{ ...web, name: 'odd', ...container }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec };
  for (const { object } of objectsOf(pod).objects) {
    checkObject(object, { catalog, targets, tenants: [] }, ({ rule, field = [], message, hint }) => {
      found.push(`${rule} ${fieldText(field.slice(3))}: ${message} (${hint})`);
    });
  }
  return found;
}

describe('an amount that nobody means', () => {
  test.each([
    ['memory', '512m', 'is "512m", which is less than a byte (write 512Mi for mebibytes)'],
    ['memory', 512, 'is 512, which is 512 bytes (write the amount with Mi or Gi)'],
    ['ephemeral-storage', '2k', 'is "2k", which is 2000 bytes (write the amount with Mi or Gi)'],
    ['cpu', '500Mi', 'is "500Mi", which is 524288000 processors (write 500m for thousandths of a processor)'],
    ['cpu', '1Ki', 'is "1Ki", which is 1024 processors (write 1m for thousandths of a processor)'],
    ['cpu', 5000, 'is 5000, which is 5000 processors (write 5000m for thousandths of a processor)'],
    ['cpu', '1e9', 'is "1e9", which is 1000000000 processors (write the number of processors)'],
  ])('of %s is %o', (name, value, problem) => {
    expect(said({ resources: { limits: { [name]: value } } })).toEqual([
      `object/odd-quantity resources.limits.${name}: limits.${name} ${problem}`,
    ]);
  });

  test.each([
    { memory: '1Mi', cpu: '100m', 'ephemeral-storage': '1Gi' },
    { memory: 0, cpu: 0 },
    { memory: '1G', cpu: 96, 'example.com/gpu': 1 },
    { memory: '1e9', cpu: '0.5', 'hugepages-2Mi': '2Mi' },
  ])('is not %o', (limits) => {
    expect(said({ resources: { limits } })).toEqual([]);
  });
});

const VARIABLE = '$'.concat('{name}');

describe('a port that is called by name', () => {
  const ports = [{ name: 'http', containerPort: 8080 }];
  const unknown = 'but the container has no port of this name';

  test('is one of the container, in probes and hooks', () => {
    const probe = { httpGet: { port: 'htp' } };
    const hook = { tcpSocket: { port: 'metrics' } };
    expect(said({ ports, livenessProbe: probe, lifecycle: { preStop: hook } })).toEqual([
      `object/port-name livenessProbe.httpGet.port: httpGet.port is "htp", ${unknown} (did you mean "http"?)`,
      `object/port-name lifecycle.preStop.tcpSocket.port: tcpSocket.port is "metrics", ${unknown} (name the port under ports, or write its number)`,
    ]);
  });

  test('is one of the sidecar, not of the container beside it', () => {
    const sidecar = { restartPolicy: 'Always', readinessProbe: { httpGet: { port: 'http' } } };
    expect(said(sidecar, 'initContainers')).toEqual([
      `object/port-name readinessProbe.httpGet.port: httpGet.port is "http", ${unknown} (name the port under ports, or write its number)`,
    ]);
  });

  test.each([
    [{ ports, livenessProbe: { httpGet: { port: 'http' } } }],
    [{ ports, livenessProbe: { httpGet: { port: 9090 } } }],
    [{ ports: [{ name: VARIABLE, containerPort: 1 }], livenessProbe: { httpGet: { port: 'http' } } }],
    [{ ports, livenessProbe: { httpGet: { port: VARIABLE } } }],
  ])('is right in %j', (container) => {
    expect(said(container)).toEqual([]);
  });
});
