/** Containers: what each of them must be, whatever else is in the pod. */
import { type Fields, fieldsOf, listOf, textOf } from '../../object.ts';
import { ban, need, type Reason, uniqueBy } from '../demands.ts';
import { type Demand, each, fields, type Look } from '../look.ts';
import { quote, type Site } from '../site.ts';
import { DNS_LABEL, type Form, notEmpty, PATH_WITHOUT_STEPS_BACK, PORT_NAME, RELATIVE_PATH, text } from '../texts.ts';
import { portsExist } from './port-names.ts';
import { lifecycle, PROBES } from './probes.ts';
import { resources } from './resources.ts';
import { containerSecurity } from './security.ts';
import { env, envFrom } from './sources.ts';

const IMAGE: Form = {
  rule: 'object/value',
  name: 'an image without blanks around it',
  made: '',
  fits: (image) => image.trim() === image,
};

const ports: Look = each(fields({ name: text(PORT_NAME) }), uniqueBy('name'));

const privileged: Reason = (container) =>
  fieldsOf(container.securityContext).privileged === true ? undefined : 'the container is not privileged';

/** Mounts, as the container that has them allows. */
const mount: Look = fields(
  {
    subPath: text(RELATIVE_PATH),
    subPathExpr: text(RELATIVE_PATH),
    mountPropagation: notEmpty,
  },
  (fields, site) => {
    if (textOf(fields.subPath) && textOf(fields.subPathExpr)) {
      site.breach('object/one-of', `${site.name()} has "subPath" and "subPathExpr", but only one of them may be set`, {
        hint: 'remove subPath or subPathExpr',
      });
    }
    recursion(fields, site);
  },
);

function recursion({ recursiveReadOnly, readOnly, mountPropagation }: Fields, site: Site): void {
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') return;
  const because =
    readOnly !== true
      ? 'readOnly is not true'
      : (mountPropagation ?? 'None') !== 'None'
        ? `mountPropagation is ${quote(mountPropagation)}`
        : undefined;
  if (because === undefined) return;
  site.breach(
    'object/conflict',
    `${site.name('recursiveReadOnly')} must not be ${quote(recursiveReadOnly)} because ${because}`,
    {
      at: ['recursiveReadOnly'],
      hint: 'set readOnly to true and mountPropagation to None',
    },
  );
}

/** What is mounted both ways needs a privileged container. */
const propagation: Demand = (container, site) => {
  const because = privileged(container, site);
  if (because === undefined) return;
  for (const [index, item] of listOf(container.volumeMounts).entries()) {
    if (fieldsOf(item).mountPropagation !== 'Bidirectional') continue;
    const at = ['volumeMounts', index, 'mountPropagation'];
    site.breach('object/conflict', `${site.name(...at)} must not be "Bidirectional" because ${because}`, {
      at,
      hint: 'set securityContext.privileged to true, or choose "HostToContainer"',
    });
  }
};

/** A volume is mounted or given as a device, at a path of its own. */
const mountsAndDevices: Demand = (container, site) => {
  const mounts = listOf(container.volumeMounts).map(fieldsOf);
  const taken = {
    name: new Set(mounts.map(({ name }) => name)),
    devicePath: new Set(mounts.map(({ mountPath }) => mountPath)),
  };
  for (const [index, item] of listOf(container.volumeDevices).entries()) {
    for (const field of ['name', 'devicePath'] as const) {
      const value = textOf(fieldsOf(item)[field]);
      if (value === undefined || !taken[field].has(value)) continue;
      const at = ['volumeDevices', index, field];
      site.breach('object/conflict', `${site.name(...at)} is ${quote(value)}, which volumeMounts has too`, { at });
    }
  }
};

const resizePolicy: Look = each(fields({}), uniqueBy('resourceName'));

const COMMON: Readonly<Record<string, Look>> = {
  name: text(DNS_LABEL),
  image: text(IMAGE),
  ports,
  env,
  envFrom,
  volumeMounts: each(mount),
  volumeDevices: each(fields({ devicePath: text(PATH_WITHOUT_STEPS_BACK) }), uniqueBy('name')),
  resources: fields({ claims: each(fields({ request: text(DNS_LABEL) })) }, resources),
  resizePolicy,
  securityContext: containerSecurity,
};

const restartRules = need('restartPolicy', (container) =>
  listOf(container.restartPolicyRules).length > 0 ? 'restartPolicyRules is set' : undefined,
);

/** `containers` of a pod. */
export const containers: Look = each(
  fields(
    { ...COMMON, ...PROBES, lifecycle, restartPolicy: notEmpty },
    propagation,
    mountsAndDevices,
    restartRules,
    portsExist,
  ),
);

const once: Reason = ({ restartPolicy }) =>
  restartPolicy === 'Always' ? undefined : 'an init container without restartPolicy "Always" runs to its end';

/** `initContainers` of a pod; those that are always restarted are sidecars, and like containers. */
export const initContainers: Look = each(
  fields(
    { ...COMMON, ...PROBES, lifecycle, restartPolicy: notEmpty },
    propagation,
    mountsAndDevices,
    restartRules,
    portsExist,
    ...['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => ban(name, once)),
  ),
);
