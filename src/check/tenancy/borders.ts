/** A tenant's patterns, made ready to ask. */
import type { Tenant } from '../../model.ts';

/** Whether a word is among those that a list of patterns describes. */
export type Among = (word: string) => boolean;

/** What a tenant may have. */
export interface Borders {
  readonly tenant: Tenant;
  readonly owns: Among;
  readonly namespaces: Among;
  readonly serviceAccounts: Among;
  /** `KIND/NAMESPACE/NAME`. */
  readonly references: Among;
  /** These take `GROUP/KIND`, of the core group `core/KIND`. */
  readonly kinds: Among;
  readonly denied: Among;
  readonly clusterScoped: Among;
  /** Named without a wildcard, which says where objects of a kind without schema live. */
  readonly saidNamespaced: Among;
  readonly saidClusterScoped: Among;
}

const ready = new WeakMap<readonly Tenant[], readonly Borders[]>();

/** The borders of the tenant that an artifact belongs to: the first that has a pattern for its name. */
export function bordersOf(artifact: string, tenants: readonly Tenant[]): Borders | undefined {
  const all = ready.get(tenants) ?? tenants.map(borders);
  ready.set(tenants, all);
  return all.find(({ owns }) => owns(artifact));
}

function borders(tenant: Tenant): Borders {
  const { artifacts, namespaces, kinds = {}, clusterScoped = [], serviceAccounts = ['*'], references = [] } = tenant;
  const { allow = ['*'], deny = [] } = kinds;
  return {
    tenant,
    owns: among(artifacts),
    namespaces: among(namespaces),
    serviceAccounts: among(serviceAccounts),
    references: among(references),
    kinds: among(allow.map(kindPattern)),
    denied: among(deny.map(kindPattern)),
    clusterScoped: among(clusterScoped.map(kindPattern)),
    saidNamespaced: among(allow.filter(isExact).map(kindPattern)),
    saidClusterScoped: among(clusterScoped.filter(isExact).map(kindPattern)),
  };
}

const isExact = (pattern: string): boolean => !pattern.includes('*');
/** A kind without a group is one of any group. */
const kindPattern = (pattern: string): string => (pattern.includes('/') ? pattern : `*/${pattern}`);

function among(patterns: readonly string[]): Among {
  const sources = patterns.map((pattern) =>
    pattern
      .split('*')
      .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
      .join('.*'),
  );
  const pattern = new RegExp(`^(?:${sources.join('|')})$`, 's');
  return patterns.length === 0 ? () => false : (word) => pattern.test(word);
}
