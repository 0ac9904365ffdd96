import type { Rule } from '../rule.ts';

const crd = (spec: string, root = ''): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
${root}          properties:
            spec:
              type: object
${spec}`;

const size = (rule: string): string => `              properties:
                least: { type: integer }
                most: { type: integer }
              x-kubernetes-validations:
                - rule: ${rule}
                  message: least must not be more than most
`;

const widget = (least: number): string => `---
apiVersion: example.com/v1
kind: Widget
metadata:
  name: web
  namespace: payments
spec:
  least: ${least}
  most: 3
`;

const inFolders = (spec: string, least: number): Rule['bad'] => ({
  artifacts: { crds: { 'widgets.yaml': crd(spec) }, app: { 'manifests.yaml': widget(least) } },
});

/** Rules about CustomResourceDefinitions, and about the rules in them. */
export const CRD_RULES: readonly Rule[] = [
  {
    id: 'schema/rule',
    setting: 'error',
    summary:
      "Objects keep the rules in CEL that their kind's CustomResourceDefinition states (x-kubernetes-validations).",
    why: 'The API server evaluates the rules when the object is applied, and refuses it. Rules that compare with the object before the change are left to the API server.',
    fix: 'Do what the message says; it is that of the CustomResourceDefinition.',
    bad: inFolders(size('self.least <= self.most'), 4),
    good: inFolders(size('self.least <= self.most'), 2),
  },
  {
    id: 'schema/crd',
    setting: 'error',
    summary: 'CustomResourceDefinitions have structural schemas, and rules that can be read.',
    why: 'The API server refuses the CustomResourceDefinition, and with it all objects of its kinds.',
    fix: 'Correct the schema at the field that the finding names.',
    bad: crd('              properties:\n                least: { minimum: 1 }\n'),
    good: crd('              properties:\n                least: { type: integer, minimum: 1 }\n'),
  },
  {
    id: 'schema/cel-not-checked',
    setting: 'warn',
    summary: 'The rules in CEL of the CustomResourceDefinitions of a release can be evaluated by this check.',
    why: 'A few functions of CEL are known to the API server only. Objects are not accused of breaking such a rule, nor is it sure that they keep it.',
    fix: 'Try objects of the kind on a server (kubectl apply --dry-run=server), or set the rule to off.',
    bad: crd(size('self.least.unheardOf(self.most)')),
    good: crd(size('self.least <= self.most')),
  },
];
