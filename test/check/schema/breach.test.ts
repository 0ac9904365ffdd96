import { describe, expect, test } from 'vitest';
import { schemaFindings } from './findings.ts';

const container = (line: string): string => `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: payments }
spec:
  containers:
    - name: web
      ${line.startsWith('image:') ? '' : 'image: registry.example.com/web:1.4.0'}
      ${line}
`;

const bucket = (spec: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata: { name: web, namespace: payments }
spec: { interval: 5m, bucketName: web, endpoint: s3.example.com, ${spec} }
`;

const secret = (data: string): string => `apiVersion: v1
kind: Secret
metadata: { name: web, namespace: payments }
data: ${data}
`;

const budget = (least: string): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: payments }
spec: { minAvailable: ${least}, selector: { matchLabels: { app: web } } }
`;

const service = (port: string): string => `apiVersion: v1
kind: Service
metadata: { name: web, namespace: payments }
spec: { ports: [${port}] }
`;

describe('a finding says what is wrong and what to do', () => {
  const cases: readonly (readonly [string, string, string, string, string | undefined])[] = [
    [
      container('imagePullPolcy: Always'),
      'schema/unknown-field',
      'spec.containers[0].imagePullPolcy',
      'Unknown field "imagePullPolcy": did you mean "imagePullPolicy"',
      'rename it to "imagePullPolicy", or remove it',
    ],
    [
      container('zzz: 1'),
      'schema/unknown-field',
      'spec.containers[0].zzz',
      'Unknown field "zzz"',
      'remove it, or correct its name or its indentation',
    ],
    [
      bucket('secretRef: {}'),
      'schema/missing',
      'spec.secretRef.name',
      'Required field "name" is missing',
      'add the field',
    ],
    [
      container('args: [1]'),
      'schema/type',
      'spec.containers[0].args[0]',
      '"args[0]" must be a string, but is an integer',
      'put the value in quotes',
    ],
    [
      container('tty: "yes"'),
      'schema/type',
      'spec.containers[0].tty',
      '"tty" must be true or false, but is a string',
      'write the value without quotes',
    ],
    [
      container('env: { A: b }'),
      'schema/type',
      'spec.containers[0].env',
      '"env" must be a list, but is an object',
      'begin each item with "- "',
    ],
    [
      container('image: [a]'),
      'schema/type',
      'spec.containers[0].image',
      '"image" must be a string, but is a list',
      'correct the value, or its indentation',
    ],
    [
      bucket('region: null'),
      'schema/type',
      'spec.region',
      '"region" must be a string, but is null',
      'give it a value, or remove the line',
    ],
    [
      bucket('provider: AWS'),
      'schema/value',
      'spec.provider',
      '"provider" is "AWS", expected one of "generic", "aws", "gcp", "azure": did you mean "aws"',
      'set it to "aws"',
    ],
    [
      bucket('provider: minio'),
      'schema/value',
      'spec.provider',
      '"provider" is "minio", expected one of "generic", "aws", "gcp", "azure"',
      undefined,
    ],
    [
      bucket('timeout: soon'),
      'schema/value',
      'spec.timeout',
      '"timeout" is "soon", expected a duration such as 30s or 5m',
      'write numbers with their units, without blanks: ms, s or m; an hour is 60m',
    ],
    [
      bucket('').replace('interval: 5m', 'interval: 5 minutes'),
      'schema/value',
      'spec.interval',
      '"interval" is "5 minutes", expected a duration such as 30s, 5m or 1h30m',
      'write numbers with their units, without blanks: ms, s, m or h',
    ],
    [
      budget('"1"'),
      'schema/value',
      'spec.minAvailable',
      '"minAvailable" is "1", expected a percentage such as 50%',
      'write 1 without quotes, or a percentage such as 50%',
    ],
    [
      budget('half'),
      'schema/value',
      'spec.minAvailable',
      '"minAvailable" is "half", expected a percentage such as 50%',
      undefined,
    ],
    [
      service('{ port: 80, targetPort: "8080" }'),
      'schema/value',
      'spec.ports[0].targetPort',
      '"targetPort" is "8080", expected the name of a port, with a letter in it',
      "write 8080 without quotes, or a port's name",
    ],
    [service('{ port: 0 }'), 'schema/value', 'spec.ports[0].port', '"port" is 0, expected at least 1', undefined],
    [
      container('resources: { limits: { memory: 1 GB } }'),
      'schema/value',
      'spec.containers[0].resources.limits.memory',
      '"memory" is "1 GB", expected a quantity such as 500m or 1Gi',
      'write a number and its unit without a blank between: m, k, M, G, Ki, Mi, Gi',
    ],
    [
      container('env: [{ name: A, value: b }, { name: A, value: c }]'),
      'schema/duplicate',
      'spec.containers[0].env[1]',
      '"env[1]" has name "A" again, expected each name once',
      'remove one of the two',
    ],
    [
      secret('{ password: hunter2! }'),
      'schema/value',
      'data.password',
      '"password" is not base64',
      'encode the value in base64, or move it to stringData',
    ],
    [
      secret('{}').replace('kind: Secret', 'kind: ConfigMap\nbinaryData: { logo: "?" }'),
      'schema/value',
      'binaryData.logo',
      '"logo" is not base64',
      'encode the value in base64',
    ],
    [
      secret('{ password: 123456 }'),
      'schema/type',
      'data.password',
      '"password" must be a string, but is an integer',
      'put the value in quotes',
    ],
  ];

  test.each(cases)('%#: %s', async (manifest, rule, path, message, hint) => {
    const found = await schemaFindings(manifest);
    expect(
      found.map((finding) => [finding.severity, finding.rule, finding.path, finding.message, finding.hint]),
    ).toEqual([['error', rule, path, message, hint]]);
  });

  test('of every item of a list of objects', async () => {
    const pod = container('zzz: 1').replace(/^/gm, '    ').replace('    ', '  - ');
    const found = await schemaFindings(`apiVersion: v1\nkind: List\nitems:\n${pod}`);
    expect(found.map(({ rule, line, object }) => [rule, line, object])).toEqual([
      ['schema/unknown-field', 11, 'Pod payments/web'],
    ]);
  });
});
