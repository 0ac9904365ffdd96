import type { Rule } from '../rule.ts';
import { documents, kustomization, object, ociRepository } from './examples.ts';

const provider = (name: string): string =>
  object('notification.toolkit.fluxcd.io/v1beta3', 'Provider', name, 'spec:\n  type: slack\n  channel: releases\n');
const alert = (name: string): string =>
  object(
    'notification.toolkit.fluxcd.io/v1beta3',
    'Alert',
    'releases',
    `spec:\n  providerRef:\n    name: ${name}\n  eventSources:\n    - kind: Kustomization\n      name: "*"\n`,
  );

/** Rules about what Flux's objects name. */
export const FLUX_REFERENCE_RULES: readonly Rule[] = [
  {
    id: 'set/flux-source',
    setting: 'warn',
    summary: 'Sources that Flux is told to read are in the artifact, where it has sources.',
    why: 'Flux waits for a source that does not exist and applies nothing. The artifact is expected to hold it when it holds another source in the same namespace. A source "flux-system" comes with Flux, and sources of other artifacts of the run count too.',
    fix: 'Add the source, or correct its kind, name or namespace.',
    bad: documents(ociRepository('fleet'), kustomization('web', { source: 'flet' })),
    good: documents(ociRepository('fleet'), kustomization('web')),
  },
  {
    id: 'set/flux-reference',
    setting: 'warn',
    summary: 'What alerts, receivers and image policies name is in the artifact, where it has others of the kind.',
    why: 'An alert without its provider tells nobody, a receiver does not wake what does not exist, and a policy has no images to choose from.',
    fix: 'Add the object, or correct its kind, name or namespace.',
    bad: documents(provider('slack'), alert('slak')),
    good: documents(provider('slack'), alert('slack')),
  },
  {
    id: 'set/flux-dependency',
    setting: 'warn',
    summary: 'What a Kustomization or HelmRelease depends on exists.',
    why: 'Flux waits for a dependency that does not exist, and applies nothing. It is looked for in the artifact and in the others of the run; where another artifact or tool brings it, ignore the rule at the object.',
    fix: 'Correct the name or namespace, or remove the dependency.',
    bad: documents(ociRepository('fleet'), kustomization('infra'), kustomization('web', { dependsOn: 'infr' })),
    good: documents(ociRepository('fleet'), kustomization('infra'), kustomization('web', { dependsOn: 'infra' })),
  },
  {
    id: 'set/flux-cycle',
    setting: 'error',
    summary: 'Dependencies between Kustomizations, and between HelmReleases, do not go in a circle.',
    why: 'Flux reconciles an object when all that it depends on is ready. In a circle each waits for the next, for ever.',
    fix: 'Remove one of the dependencies.',
    bad: documents(
      ociRepository('fleet'),
      kustomization('infra', { dependsOn: 'web' }),
      kustomization('web', { dependsOn: 'infra' }),
    ),
    good: documents(ociRepository('fleet'), kustomization('infra'), kustomization('web', { dependsOn: 'infra' })),
  },
];
