/** The form of `tenants:`, and what a schema cannot say about it. */
import * as v from 'valibot';
import { kindSlip } from '../check/tenancy/kind-patterns.ts';
import type { Tenant } from '../model.ts';
import { about, mapping, say, text } from './form.ts';
import type { Problem } from './problem.ts';

const patterns = (what: string, form: RegExp): v.GenericSchema<string[]> =>
  v.array(v.pipe(v.string(say(what)), v.regex(form, say(what))), say('a list of patterns'));

const some = (schema: v.GenericSchema<string[]>): v.GenericSchema<string[]> =>
  v.pipe(schema, v.minLength(1, say('at least one pattern')));

const name = /^[\w.*-]+$/;
const namespace = /^[a-z0-9*-]+$/;
const kind = /^(?:[a-z0-9.*-]+\/)?[A-Za-z0-9*]+$/;
const kinds = (): v.GenericSchema<string[]> =>
  patterns('a kind such as "Secret", "apps/Deployment" or "apps/*", without a version', kind);

/** An entry of `tenants:`. */
const tenant = mapping({
  name: about(text(), 'Its name, for messages'),
  artifacts: about(
    some(patterns('an artifact name, in which * stands for any characters', name)),
    'Names of its artifacts; * stands for any characters. An artifact belongs to the first tenant that matches',
  ),
  namespaces: about(
    some(patterns('a namespace, in which * stands for any characters', namespace)),
    'Namespaces that its objects may live in',
  ),
  targetNamespace: v.exactOptional(
    about(
      v.pipe(v.string(say('a namespace')), v.regex(/^[a-z0-9-]+$/, say('a namespace'))),
      'Where objects without a namespace land: spec.targetNamespace of the Kustomization that reads its artifacts',
    ),
  ),
  kinds: v.exactOptional(
    mapping({
      allow: v.exactOptional(about(kinds(), 'Namespaced kinds that it may have. Default: "*"')),
      deny: v.exactOptional(about(kinds(), 'Kinds that it may not have, whatever is allowed')),
    }),
  ),
  clusterScoped: v.exactOptional(
    about(kinds(), 'Cluster-scoped kinds that it may have; of Namespaces only its own. Default: none'),
  ),
  serviceAccounts: v.exactOptional(
    about(
      some(patterns('a service account, in which * stands for any characters', name)),
      'Service accounts that its Kustomizations and HelmReleases may act as. Default: any of their own namespace',
    ),
  ),
  references: v.exactOptional(
    about(
      patterns(
        'KIND/NAMESPACE/NAME, such as "OCIRepository/flux-system/charts"',
        /^[A-Za-z*]+\/[a-z0-9*-]+\/[a-z0-9.*-]+$/,
      ),
      'Objects of other namespaces that its Flux objects may refer to. Default: none',
    ),
  ),
  remoteClusters: v.exactOptional(
    about(v.boolean(say('true or false')), 'Lets its Flux objects work on other clusters (spec.kubeConfig)'),
  ),
});

/** The schema of `tenants:`. */
export const tenantsForm: v.GenericSchema<unknown, readonly Tenant[]> = v.array(tenant, say('a list of tenants'));

/** What is wrong with tenants that fit the schema; paths begin at the list. */
export function tenantProblems(tenants: readonly Tenant[]): readonly Problem[] {
  const names = tenants.map(({ name: own }) => own);
  const taken = names.flatMap((own, index): readonly Problem[] =>
    names.indexOf(own) === index
      ? []
      : [{ path: [index, 'name'], part: 'value', message: `two tenants are called "${own}"`, hint: 'join them' }],
  );
  return [...taken, ...tenants.flatMap((one, index) => kindProblems(one, index))];
}

/** Kinds that nothing can be of. A slip in `deny` would allow what it is there to forbid. */
function kindProblems({ kinds: { allow = [], deny = [] } = {}, clusterScoped = [] }: Tenant, index: number): Problem[] {
  const lists: readonly (readonly [path: readonly string[], patterns: readonly string[]])[] = [
    [['kinds', 'allow'], allow],
    [['kinds', 'deny'], deny],
    [['clusterScoped'], clusterScoped],
  ];
  return lists.flatMap(([path, patterns]) =>
    patterns.flatMap((pattern, at): Problem[] => {
      const slip = kindSlip(pattern);
      return slip === undefined ? [] : [{ path: [index, ...path, at], part: 'value', ...slip }];
    }),
  );
}
