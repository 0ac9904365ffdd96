import type { Rule } from '../rule.ts';

/** Rules about checking itself, and about what is no object at all. */
export const CHECK_RULES: readonly Rule[] = [
  {
    id: 'object/not-an-object',
    setting: 'error',
    firm: true,
    summary: 'Every document of a manifest is a Kubernetes object: it has apiVersion, kind and metadata.name.',
    why: 'Flux applies all documents of an artifact or none: one that is no object stops the whole artifact.',
    fix: 'Complete the document, or leave the file out of the artifact.',
    bad: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n---\nreplicas: 3\n',
    good: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n',
  },
  {
    id: 'check/ignore',
    setting: 'warn',
    summary: 'The annotation slipway.dev/ignore names rules that exist and that may be ignored.',
    why: 'A misspelt rule is not ignored, and one that may not be ignored is reported all the same.',
    fix: 'Correct the name (slipway check --list-rules shows all), or remove it from the annotation.',
    bad: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  annotations:\n    slipway.dev/ignore: image/newest\n',
    good: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  annotations:\n    slipway.dev/ignore: check/ignore\n',
  },
];
