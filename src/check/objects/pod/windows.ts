/** What pods of Windows cannot have. */
import type { FieldPath } from '../../../model.ts';
import { type Fields, fieldsOf, isMapping } from '../../object.ts';
import type { Site } from '../site.ts';
import { containersOf } from './references.ts';

const OF_POD = ['hostPID', 'hostIPC', 'hostUsers', 'shareProcessNamespace'];
const OF_BOTH = ['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'runAsUser', 'runAsGroup'];
const OF_POD_SECURITY = [
  ...OF_BOTH,
  ...['fsGroup', 'fsGroupChangePolicy', 'sysctls', 'supplementalGroups', 'supplementalGroupsPolicy'],
];
const OF_CONTAINER = [
  ...OF_BOTH,
  ...['capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount'],
];

function refuse(names: readonly string[], { fields, at }: { fields: Fields; at: FieldPath }, site: Site): void {
  for (const name of names) {
    const value = fields[name];
    if (value === undefined || value === null || (OF_POD.includes(name) && value === false)) continue;
    site.breach('object/conflict', `${site.name(...at, name)} must not be set because os.name is "windows"`, {
      at: [...at, name],
      hint: `remove ${name}`,
    });
  }
}

/** Settings of Linux in a pod of Windows, and of Windows in a pod of Linux. */
export function ofSystem(spec: Fields, site: Site): void {
  const { name } = fieldsOf(spec.os);
  const contexts = [
    { fields: fieldsOf(spec.securityContext), at: ['securityContext'], names: OF_POD_SECURITY },
    ...containersOf(spec).map(({ container, at }) => ({
      fields: fieldsOf(container.securityContext),
      at: [...at, 'securityContext'],
      names: OF_CONTAINER,
    })),
  ];
  if (name === 'windows') {
    refuse(OF_POD, { fields: spec, at: [] }, site);
    for (const { names, ...context } of contexts) refuse(names, context, site);
  }
  for (const { fields, at } of name === 'linux' ? contexts : []) {
    if (!isMapping(fields.windowsOptions)) continue;
    const place = [...at, 'windowsOptions'];
    site.breach('object/conflict', `${site.name(...place)} must not be set because os.name is "linux"`, { at: place });
  }
}
