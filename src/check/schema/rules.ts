import type { Rule } from '../rule.ts';
import { CRD_RULES } from './crd-rules.ts';
import { VERSION_RULES } from './version-rules.ts';

const deployment = (spec: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
${spec}  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.4.0
`;

const service = (ports: string): string => `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: payments
spec:
  selector: { app: web }
  ports:
${ports}`;

const REFUSED = 'Flux applies all objects of a Kustomization or none, so that one refused object stops the others too.';

const FIELD_RULES: readonly Rule[] = [
  {
    id: 'schema/unknown-field',
    setting: 'error',
    summary: 'Objects have only fields that their kind has.',
    why: `The API server does not know the field and refuses the object. ${REFUSED}`,
    fix: 'Correct the name of the field, or its indentation: it may belong to another level.',
    bad: deployment('  replica: 3\n'),
    good: deployment('  replicas: 3\n'),
  },
  {
    id: 'schema/missing',
    setting: 'error',
    summary: 'Objects have the fields that their kind requires.',
    why: `The API server refuses objects that lack a required field. ${REFUSED}`,
    fix: 'Add the field.',
    bad: service('    - name: http\n'),
    good: service('    - name: http\n      port: 80\n'),
  },
  {
    id: 'schema/type',
    setting: 'error',
    summary: 'Values have the type that their field wants.',
    why: `The API server cannot read a text where it wants a number, nor the other way round, and refuses the object. ${REFUSED}`,
    fix: 'Write numbers and true or false without quotes, and put quotes around what is to be text.',
    bad: deployment('  replicas: "3"\n'),
    good: deployment('  replicas: 3\n'),
  },
  {
    id: 'schema/value',
    setting: 'error',
    summary: 'Values are within the limits that the schema of their kind sets: one of some words, a pattern, a range.',
    why: `The API server refuses the object. ${REFUSED}`,
    fix: 'Use a value that is allowed.',
    bad: `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: web
  namespace: payments
spec:
  interval: 5 minutes
  url: oci://registry.example.com/web
`,
    good: `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: web
  namespace: payments
spec:
  interval: 5m
  url: oci://registry.example.com/web
`,
  },
  {
    id: 'schema/duplicate',
    setting: 'error',
    summary: 'Lists whose items are told apart by a key have each key once.',
    why: `Flux applies objects with server-side apply, which merges such lists by their keys and refuses a list that has a key twice (kubectl create would take it). ${REFUSED}`,
    fix: 'Remove one of the two items, or give it another key.',
    bad: service('    - { name: http, port: 80 }\n    - { name: http-alt, port: 80 }\n'),
    good: service('    - { name: http, port: 80 }\n    - { name: http-alt, port: 8080 }\n'),
  },
];

/** The rules of this group, in the order of the documentation. */
export const SCHEMA_RULES: readonly Rule[] = [...FIELD_RULES, ...VERSION_RULES, ...CRD_RULES];
