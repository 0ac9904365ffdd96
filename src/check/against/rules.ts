import type { Rule } from '../rule.ts';

const deployment = (app: string, replicas: number): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: payments
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: ${app} }
  template:
    metadata:
      labels: { app: ${app} }
    spec:
      containers:
        - name: web
          image: example.com/web:1.2.3
`;

/** Rules about what is published already. */
export const AGAINST_RULES: readonly Rule[] = [
  {
    id: 'object/immutable',
    setting: 'error',
    summary: 'Objects that are published already keep the fields that cannot be changed.',
    why: 'The API server refuses the update, and Flux applies nothing of the artifact then: neither this object nor the others. Only clusters that have the object notice it. The rule compares with what slipway check --against names, and says nothing without it. Left out are objects that Flux replaces or leaves alone by annotation, Jobs that are removed when they are done (ttlSecondsAfterFinished), and what Flux substitutes on the cluster.',
    fix: 'Take back the change, or give the object another name. Where it may be interrupted, the annotation kustomize.toolkit.fluxcd.io/force: enabled lets Flux delete and create it anew.',
    bad: { artifacts: { app: { 'manifests.yaml': deployment('website', 2) } }, published: deployment('web', 2) },
    good: { artifacts: { app: { 'manifests.yaml': deployment('web', 3) } }, published: deployment('web', 2) },
  },
];
