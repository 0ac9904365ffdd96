/** Security contexts of pods and containers. */
import { type Fields, fieldsOf, listOf } from '../../object.ts';
import { ban, need, uniqueBy, unless, when } from '../demands.ts';
import { each, fields, type Look } from '../look.ts';
import type { Site } from '../site.ts';
import { type Form, notEmpty, RELATIVE_PATH, text } from '../texts.ts';

const SYSCTL: Form = {
  rule: 'object/name',
  name: 'the name of a kernel parameter such as "kernel.shm_rmid_forced"',
  made: '',
  fits: (name) =>
    name.length <= 253 && /^(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/.test(name),
};

const seccompProfile: Look = fields(
  { localhostProfile: text(RELATIVE_PATH) },
  need('localhostProfile', ({ type, localhostProfile }) =>
    // An empty path is one for the API server.
    type === 'Localhost' && localhostProfile !== '' ? 'type is "Localhost"' : undefined,
  ),
  ban('localhostProfile', unless('type', 'Localhost')),
);

const appArmorProfile: Look = fields(
  {},
  need('localhostProfile', when('type', 'Localhost')),
  ban('localhostProfile', unless('type', 'Localhost')),
);

const common = { seccompProfile, appArmorProfile };

/** `securityContext` of a pod. */
export const podSecurity: Look = fields({
  ...common,
  sysctls: each(fields({ name: text(SYSCTL) }), uniqueBy('name')),
});

/** A process that may gain nothing cannot be privileged. */
function gainsNothing({ allowPrivilegeEscalation, privileged, capabilities }: Fields, site: Site): void {
  if (allowPrivilegeEscalation !== false) return;
  const added = listOf(fieldsOf(capabilities).add);
  const granted = privileged === true ? 'privileged is true' : 'capabilities.add has "CAP_SYS_ADMIN"';
  if (privileged !== true && !added.includes('CAP_SYS_ADMIN')) return;
  site.breach('object/conflict', `${site.name('allowPrivilegeEscalation')} is false, but ${granted}`, {
    at: ['allowPrivilegeEscalation'],
    found: 'false',
    expected: 'true, or no such privilege',
    hint: 'take the privilege away, or remove allowPrivilegeEscalation',
  });
}

/** `securityContext` of a container. */
export const containerSecurity: Look = fields({ ...common, procMount: notEmpty }, gainsNothing);

/** A pod that shares its host's processes has none of its own to share. */
export const podSecurityOfSpec = ({ hostPID, shareProcessNamespace }: Fields, site: Site): void => {
  if (hostPID !== true || shareProcessNamespace !== true) return;
  site.breach('object/conflict', `${site.name('shareProcessNamespace')} and hostPID are both true`, {
    at: ['shareProcessNamespace'],
    hint: 'remove one of them',
  });
};
