/** Manifests with the verdict that a strict schema must come to, by Kubernetes' API reference. */

interface ConverterVerdict {
  readonly what: string;
  readonly valid: boolean;
  readonly manifest: string;
}

const deployment = (spec: string): string =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, ${spec}}}`;
const container = (rest: string): string =>
  deployment(`template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web, ${rest}}]}}`);
const service = (port: string): string =>
  `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{${port}}]}}`;
const bucket = (rest: string): string =>
  `{apiVersion: source.toolkit.fluxcd.io/v1, kind: Bucket, metadata: {name: web}, spec: {${rest}}}`;
const BUCKET = 'bucketName: a, endpoint: a.example.com, interval: 1m';

/** Verdicts made by hand. */
export const CONVERTER_VERDICTS: readonly ConverterVerdict[] = [
  { what: 'a whole object', valid: true, manifest: container('ports: [{containerPort: 80}]') },
  { what: 'a missing field', valid: false, manifest: deployment('replicas: 1') },
  { what: 'a missing field of a list item', valid: false, manifest: container('ports: [{name: http}]') },
  { what: 'an unknown field', valid: false, manifest: container('imagePolicy: Always') },
  {
    what: 'an unknown field at the top',
    valid: false,
    manifest: '{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, stringData: {}}',
  },
  {
    what: 'an unknown field of the metadata',
    valid: false,
    manifest: '{apiVersion: v1, kind: ConfigMap, metadata: {name: web, label: {}}}',
  },
  { what: 'text for a number', valid: false, manifest: service('port: http') },
  { what: 'a number for text', valid: false, manifest: service('port: 80, name: 80') },
  { what: 'a list for a mapping', valid: false, manifest: container('resources: []') },
  { what: 'a mapping for a list', valid: false, manifest: container('args: {a: b}') },
  { what: 'null for an optional field', valid: true, manifest: container('args: null') },
  { what: 'null for a required field', valid: false, manifest: deployment('template: null') },
  { what: 'a number or text: number', valid: true, manifest: service('port: 80, targetPort: 80') },
  { what: 'a number or text: text', valid: true, manifest: service('port: 80, targetPort: http') },
  { what: 'a number or text: neither', valid: false, manifest: service('port: 80, targetPort: true') },
  { what: 'a quantity as a number', valid: true, manifest: container('resources: {limits: {cpu: 1}}') },
  { what: 'a quantity as text', valid: true, manifest: container('resources: {limits: {cpu: 500m}}') },
  {
    what: 'a map with a value of the wrong type',
    valid: false,
    manifest: '{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: {}}}',
  },
  {
    what: 'a schema within a schema',
    valid: true,
    manifest:
      '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a.b.example}, spec: {group: b.example, scope: Cluster, names: {plural: a, kind: A}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {a: {type: string, default: b}}}}}]}}',
  },
  { what: 'a custom object', valid: true, manifest: bucket(BUCKET) },
  { what: 'an unknown field of a custom object', valid: false, manifest: bucket(`${BUCKET}, region2: a`) },
  { what: 'a missing field of a custom object', valid: false, manifest: bucket('bucketName: a, interval: 1m') },
  { what: 'a value that is not offered', valid: false, manifest: bucket(`${BUCKET}, provider: ftp`) },
  { what: 'a value that breaks a pattern', valid: false, manifest: bucket(`${BUCKET}, timeout: soon`) },
  { what: 'null for a field of a custom object', valid: false, manifest: bucket(`${BUCKET}, region: null`) },
];
