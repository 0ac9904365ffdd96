import { describe, expect, test } from 'vitest';
import { admissionPolicy, crd, resourceClaim, webhooks } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'a webhook without domain',
    webhooks,
    { 'webhooks.0.name': 'check' },
    [
      'object/name webhooks[0].name: webhooks[0].name is "check", which is not a name with a domain such as "check.example.com" (three parts of a DNS name at least)',
    ],
  ],
  [
    'a webhook of nobody',
    webhooks,
    { 'webhooks.0.clientConfig': {} },
    [
      'object/one-of webhooks[0].clientConfig: webhooks[0].clientConfig has neither "url" nor "service", but one of them is needed',
    ],
  ],
  [
    'a webhook by URL and Service',
    webhooks,
    { 'webhooks.0.clientConfig.url': 'https://check.example.com' },
    [
      'object/one-of webhooks[0].clientConfig: webhooks[0].clientConfig has "url" and "service", but only one of them may be set',
    ],
  ],
  [
    'a webhook without encryption',
    webhooks,
    { 'webhooks.0.clientConfig': { url: 'http://check.example.com' } },
    [
      'object/address webhooks[0].clientConfig.url: clientConfig.url is "http://check.example.com", which does not begin with "https://"',
    ],
  ],
  [
    'a webhook with a query',
    webhooks,
    { 'webhooks.0.clientConfig': { url: 'https://check.example.com/?a=1' } },
    ['object/address webhooks[0].clientConfig.url: clientConfig.url has a query, which webhooks cannot have'],
  ],
  [
    'a relative path',
    webhooks,
    { 'webhooks.0.clientConfig.service.path': 'validate' },
    [
      'object/address webhooks[0].clientConfig.service.path: service.path is "validate", which is not a path such as "/validate" (it begins with "/", and its parts are DNS names)',
    ],
  ],
  [
    'side effects',
    webhooks,
    { 'webhooks.0.sideEffects': 'Some' },
    [
      'object/value webhooks[0].sideEffects: webhooks[0].sideEffects is "Some", but it must be "None" or "NoneOnDryRun"',
    ],
  ],
  [
    'reviews that nobody speaks',
    webhooks,
    { 'webhooks.0.admissionReviewVersions': ['v2'] },
    [
      'object/value webhooks[0].admissionReviewVersions: webhooks[0].admissionReviewVersions has neither "v1" nor "v1beta1", which API servers speak',
    ],
  ],
  [
    'a star and what it stands for',
    webhooks,
    { 'webhooks.0.rules.0.resources': ['*', 'pods'], 'webhooks.0.rules.0.operations': ['*', 'CREATE'] },
    [
      'object/conflict webhooks[0].rules[0].operations: rules[0].operations has "*" and others, but "*" stands for all',
      'object/conflict webhooks[0].rules[0].resources: rules[0].resources has "*" and what it stands for already',
    ],
  ],
  [
    'an empty policy of failures',
    webhooks,
    { 'webhooks.0.failurePolicy': '' },
    [
      'object/value webhooks[0].failurePolicy: webhooks[0].failurePolicy is empty, but a value is needed where it is set',
    ],
  ],
  [
    'a policy about nothing',
    admissionPolicy,
    { 'spec.matchConstraints.resourceRules': [] },
    ['object/required spec.matchConstraints.resourceRules: matchConstraints.resourceRules is missing'],
  ],
  [
    'a reason that there is not',
    admissionPolicy,
    { 'spec.validations.0.reason': 'Unauthorized' },
    [
      'object/value spec.validations[0].reason: validations[0].reason is "Unauthorized", but it must be "Forbidden", "Invalid" or "RequestEntityTooLarge"',
    ],
  ],
  [
    'a variable of CEL',
    admissionPolicy,
    { 'spec.variables': [{ name: 'in', expression: '1' }] },
    [
      'object/name spec.variables[0].name: variables[0].name is "in", which is not a name for CEL (letters, digits and "_", with no digit first, and no word of the language)',
    ],
  ],
  [
    'a name that is not plural and group',
    crd,
    { 'metadata.name': 'widget.example.com' },
    [
      'object/crd metadata.name: metadata.name is "widget.example.com", but a CustomResourceDefinition is called by its plural and group: "widgets.example.com"',
    ],
  ],
  [
    'a group without domain',
    crd,
    { 'metadata.name': 'widgets.example', 'spec.group': 'example' },
    [
      'object/crd spec.group: spec.group is "example", which is not a group such as "example.com" (a DNS name with a dot at least)',
    ],
  ],
  [
    'a group of Kubernetes',
    crd,
    { 'metadata.name': 'widgets.example.k8s.io', 'spec.group': 'example.k8s.io' },
    [
      'object/crd metadata.annotations["api-approved.kubernetes.io"]: annotations["api-approved.kubernetes.io"] is missing, which the group "example.k8s.io" needs',
    ],
  ],
  [
    "a list of the kind's name",
    crd,
    { 'spec.names.listKind': 'Widget' },
    ['object/crd spec.names.listKind: names.listKind is "Widget", as is kind, but they must differ'],
  ],
  [
    'a short name',
    crd,
    { 'spec.names.shortNames': ['W'] },
    [
      'object/crd spec.names.shortNames[0]: names.shortNames[0] is "W", which is not a DNS label that begins with a letter (at most 63 of a-z, 0-9 and "-", with a letter first and a letter or digit last)',
    ],
  ],
  [
    'no stored version',
    crd,
    { 'spec.versions.0.storage': false },
    ['object/crd spec.versions: spec.versions has 0 versions with storage true, but exactly one is stored'],
  ],
  [
    'a column',
    crd,
    { 'spec.versions.0.additionalPrinterColumns': [{ name: 'Size', type: 'int', jsonPath: 'spec.size' }] },
    [
      'object/crd spec.versions[0].additionalPrinterColumns[0].type: additionalPrinterColumns[0].type is "int", but it must be "boolean", "date", "integer", "number" or "string"',
      'object/crd spec.versions[0].additionalPrinterColumns[0].jsonPath: additionalPrinterColumns[0].jsonPath is "spec.size", but it must be a path that begins with "."',
    ],
  ],
  [
    'paths of replicas',
    crd,
    {
      'spec.versions.0.subresources': {
        scale: { specReplicasPath: '.status.size', statusReplicasPath: '.status.size' },
      },
    },
    [
      'object/crd spec.versions[0].subresources.scale.specReplicasPath: scale.specReplicasPath is ".status.size", but it must be a path that begins with ".spec."',
    ],
  ],
  [
    'a field to select by that there is not',
    crd,
    { 'spec.versions.0.selectableFields': [{ jsonPath: '.spec.weight' }] },
    [
      'object/crd spec.versions[0].selectableFields[0].jsonPath: selectableFields[0].jsonPath is ".spec.weight", which the schema does not have',
    ],
  ],
  [
    'a list to select by',
    crd,
    { 'spec.versions.0.selectableFields': [{ jsonPath: '.spec.parts' }] },
    [
      'object/crd spec.versions[0].selectableFields[0].jsonPath: selectableFields[0].jsonPath is ".spec.parts", which is of type "array": only texts, integers and booleans can be selected by',
    ],
  ],
  [
    'a conversion by nobody',
    crd,
    { 'spec.conversion': { strategy: 'Webhook' } },
    [
      'object/crd spec.conversion.webhook: conversion.webhook is missing, which is needed because strategy is "Webhook"',
    ],
  ],
  [
    'a warning about what is not deprecated',
    crd,
    { 'spec.versions.0.deprecationWarning': 'old' },
    [
      'object/crd spec.versions[0].deprecationWarning: versions[0].deprecationWarning must not be set because deprecated is not true',
    ],
  ],
  [
    'keys that may be missing',
    crd,
    { 'spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.parts.items.required': undefined },
    [
      'object/crd spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.parts.x-kubernetes-list-map-keys[0]: parts.x-kubernetes-list-map-keys[0] is "name", which must be required or have a default',
    ],
  ],
  [
    'keys that there are not',
    crd,
    { 'spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.parts.x-kubernetes-list-map-keys': ['id'] },
    [
      'object/crd spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.parts.x-kubernetes-list-map-keys[0]: parts.x-kubernetes-list-map-keys[0] is "id", which is not a property of the items',
    ],
  ],
  [
    'a default at the root beside a status',
    crd,
    { 'spec.versions.0.subresources': { status: {} }, 'spec.versions.0.schema.openAPIV3Schema.default': {} },
    [
      'object/crd spec.versions[0].schema.openAPIV3Schema.default: openAPIV3Schema.default must not be set at the root, as the status is a subresource',
    ],
  ],
  [
    'fields that are kept half',
    crd,
    { 'spec.versions.0.schema.openAPIV3Schema.x-kubernetes-preserve-unknown-fields': false },
    [
      'object/crd spec.versions[0].schema.openAPIV3Schema.x-kubernetes-preserve-unknown-fields: openAPIV3Schema.x-kubernetes-preserve-unknown-fields must be true or absent',
    ],
  ],
  [
    'a request of nothing',
    resourceClaim,
    { 'spec.devices.requests.0.exactly': undefined },
    [
      'object/one-of spec.devices.requests[0]: devices.requests[0] has none of "exactly" and "firstAvailable", but exactly one is needed',
    ],
  ],
  [
    'a constraint of a request that there is not',
    resourceClaim,
    { 'spec.devices.constraints.0.requests.0': 'gpus' },
    [
      'object/reference spec.devices.constraints[0].requests[0]: constraints[0].requests[0] is "gpus", but the claim has no request of this name',
    ],
  ],
  [
    'a constraint about nothing',
    resourceClaim,
    { 'spec.devices.constraints.0.matchAttribute': undefined },
    [
      'object/one-of spec.devices.constraints[0]: devices.constraints[0] has none of "matchAttribute" and "distinctAttribute", but exactly one is needed',
    ],
  ],
  [
    'a number of all devices',
    resourceClaim,
    { 'spec.devices.requests.0.exactly.allocationMode': 'All', 'spec.devices.requests.0.exactly.count': 2 },
    [
      'object/conflict spec.devices.requests[0].exactly.count: exactly.count must not be set because allocationMode is "All"',
    ],
  ],
];

describe('webhooks, policies, CRDs, devices', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});
