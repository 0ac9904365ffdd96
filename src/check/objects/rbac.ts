/** Roles and their bindings. */
import { listOf, textOf } from '../object.ts';
import { atLeastOne, ban, isSet, need } from './demands.ts';
import { labelSelector } from './labels.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { quote } from './site.ts';
import { DNS_LABEL, DNS_SUBDOMAIN, PATH_SEGMENT, text, word } from './texts.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ON_RESOURCES = ['apiGroups', 'resources', 'resourceNames'];

/** A rule is about resources, or about URLs. */
function rule(namespaced: boolean): Demand {
  return (value, site) => {
    if (!isSet(value, 'nonResourceURLs')) {
      for (const name of ['apiGroups', 'resources'])
        need(name, () => 'nonResourceURLs is empty', 'object/rbac')(value, site);
      return;
    }
    const at = ['nonResourceURLs'];
    const mixed = ON_RESOURCES.find((name) => isSet(value, name));
    if (namespaced) {
      site.breach('object/rbac', `${site.name(...at)} is set, but only a ClusterRole can have rules about URLs`, {
        at,
        hint: 'move the rule to a ClusterRole',
      });
    } else if (mixed !== undefined) {
      site.breach(
        'object/rbac',
        `${site.name()} has "nonResourceURLs" and "${mixed}", but a rule is about URLs or about resources`,
        {
          at,
          hint: 'make two rules of it',
        },
      );
    }
  };
}

/** What the API server asks of a Role. */
export const role: Look = fields({ rules: each(fields({}, rule(true))) });

/** What the API server asks of a ClusterRole. */
export const clusterRole: Look = fields({
  rules: each(fields({}, rule(false))),
  aggregationRule: fields({ clusterRoleSelectors: each(labelSelector) }),
});

const roleName = text(PATH_SEGMENT);

/** Who is bound: accounts of the cluster by namespace, users and groups by what authenticated them. */
function subject(namespaced: boolean): Demand {
  return (value, site) => {
    const { kind, apiGroup, name } = value;
    const group = textOf(apiGroup) ?? '';
    const account = kind === 'ServiceAccount';
    // An empty group is filled in.
    if (group !== '' && (account || group !== GROUP)) {
      const expected = account ? 'empty for a ServiceAccount' : `"${GROUP}"`;
      site.breach('object/rbac', `${site.name('apiGroup')} is ${quote(group)}, but it must be ${expected}`, {
        at: ['apiGroup'],
        found: quote(group),
        expected,
      });
    }
    if (!account) return;
    if (typeof name === 'string') site.into('name', name, text(DNS_SUBDOMAIN));
    if (!namespaced) need('namespace', () => 'kind is "ServiceAccount"', 'object/rbac')(value, site);
  };
}

/** What the API server asks of a RoleBinding. */
export const roleBinding: Look = fields({
  roleRef: fields({ name: roleName }),
  subjects: each(fields({}, subject(true))),
});

/** What the API server asks of a ClusterRoleBinding. */
export const clusterRoleBinding: Look = fields({
  roleRef: fields({ name: roleName, kind: word(['', 'ClusterRole'], 'object/rbac') }),
  subjects: each(fields({}, subject(false))),
});

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

/** A star stands for all, and alone. */
export function starAlone(name: string): Demand {
  return (value, site) => {
    const items = listOf(value[name]);
    if (items.length < 2 || !items.includes('*')) return;
    site.breach('object/conflict', `${site.name(name)} has "*" and others, but "*" stands for all`, {
      at: [name],
      hint: 'keep "*" alone, or remove it',
    });
  };
}

const knownVerbs: Demand = ({ verbs }, site) => {
  const words = listOf(verbs);
  if (words.includes('*')) return;
  for (const [index, verb] of words.entries()) {
    if (VERBS.includes(textOf(verb ?? '') ?? 'get')) continue;
    site.breach('object/value', `${site.name('verbs', index)} is ${quote(verb)}, which is not a verb of requests`, {
      at: ['verbs', index],
      found: quote(verb),
      expected: `one of ${VERBS.join(', ')} or "*"`,
    });
  }
};

const urls: Demand = ({ nonResourceURLs }, site) => {
  const paths = listOf(nonResourceURLs);
  if (paths.includes('*')) return;
  for (const [index, item] of paths.entries()) {
    const path = textOf(item ?? '');
    if (path === undefined || isUrlPath(path)) continue;
    site.breach('object/value', `${site.name('nonResourceURLs', index)} is ${quote(path)}, which is not a path`, {
      at: ['nonResourceURLs', index],
      found: quote(path),
      expected: 'a path such as "/metrics", at most with "/*" at its end',
    });
  }
};

function isUrlPath(path: string): boolean {
  if (!path.startsWith('/') || path.includes(' ') || path.includes('//')) return false;
  const star = path.indexOf('*');
  return star === -1 || (path.endsWith('/*') && star === path.length - 1);
}

const namespaces: Demand = ({ namespaces, clusterScope }, site) => {
  const names = listOf(namespaces);
  if (names.length === 0 && clusterScope !== true) {
    need('namespaces', () => 'clusterScope is not true')({}, site);
  }
  if (names.includes('*')) return;
  for (const [index, name] of names.entries()) {
    const label = textOf(name ?? '');
    if (label === undefined || /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(label)) continue;
    site.breach(
      'object/name',
      `${site.name('namespaces', index)} is ${quote(label)}, which is neither a namespace nor "*"`,
      {
        at: ['namespaces', index],
      },
    );
  }
};

const WHO: ReadonlyMap<string, string> = new Map(
  Object.entries({ User: 'user', Group: 'group', ServiceAccount: 'serviceAccount' }),
);

/** A subject has the field of its kind, and no other. */
const byKind: Demand = (value, site) => {
  const wanted = WHO.get(textOf(value.kind) ?? '');
  if (wanted === undefined) return;
  const because = (): string => `kind is ${quote(value.kind)}`;
  need(wanted, because)(value, site);
  for (const other of WHO.values()) if (other !== wanted) ban(other, because)(value, site);
};

const account: Look = fields({
  name: (value, site) => {
    if (value !== '*') text(DNS_SUBDOMAIN)(value, site);
  },
  namespace: text(DNS_LABEL),
});

/** What the API server asks of a FlowSchema. */
export const flowSchema: Look = fields({
  spec: fields({
    priorityLevelConfiguration: fields({ name: text(DNS_SUBDOMAIN) }),
    rules: each(
      fields(
        {
          subjects: each(fields({ serviceAccount: account }, byKind)),
          resourceRules: each(
            fields({}, ...['verbs', 'apiGroups', 'resources', 'namespaces'].map(starAlone), knownVerbs, namespaces),
          ),
          nonResourceRules: each(fields({}, ...['verbs', 'nonResourceURLs'].map(starAlone), knownVerbs, urls)),
        },
        atLeastOne('resourceRules', 'nonResourceRules'),
      ),
    ),
  }),
});
