/** Names in a pod that refer to something else in it, and names that must differ. */
import { closest } from '../../../config/suggest.ts';
import type { FieldPath } from '../../../model.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../../object.ts';
import { listed } from '../demands.ts';
import { namesIn } from '../metadata.ts';
import { quote, type Site } from '../site.ts';

const LISTS = ['containers', 'initContainers'];

/** The containers of a pod, each with its place. */
export function containersOf(spec: Fields): readonly { readonly container: Fields; readonly at: FieldPath }[] {
  return LISTS.flatMap((list) =>
    listOf(spec[list]).map((item, index) => ({ container: fieldsOf(item), at: [list, index] })),
  );
}

/** Says that something is not among the known names. */
export function unknownName(
  name: string,
  known: readonly string[],
  { site, at, what }: { readonly site: Site; readonly at: FieldPath; readonly what: string },
): void {
  const near = closest(name, known);
  const hint = near === undefined ? { hint: `add it, or correct the name` } : { hint: `did you mean "${near}"?` };
  site.breach('object/reference', `${site.name(...at)} is ${quote(name)}, but ${what} of this name`, {
    at,
    found: quote(name),
    expected: known.length === 0 ? 'a name that exists' : `one of ${listed(known.slice(0, 10), 'or')}`,
    ...hint,
  });
}

/** Volumes that a StatefulSet adds to its pods. */
function claimTemplates(site: Site): readonly string[] {
  const { kind, value } = site.object;
  if (kind !== 'StatefulSet') return [];
  return listOf(fieldsOf(value.spec).volumeClaimTemplates).flatMap(
    (template) => textOf(fieldsOf(fieldsOf(template).metadata).name) ?? [],
  );
}

const BLOCK_SOURCES = ['persistentVolumeClaim', 'ephemeral'];

/** Mounts and devices of volumes that the pod has. */
export function volumesExist(spec: Fields, site: Site): void {
  const claims = claimTemplates(site);
  const known = [...namesIn(spec.volumes), ...claims];
  const what = 'the pod has no volume';
  for (const { container, at } of containersOf(spec)) {
    for (const field of ['volumeMounts', 'volumeDevices']) {
      for (const [index, item] of listOf(container[field]).entries()) {
        const name = textOf(fieldsOf(item).name);
        const place = [...at, field, index, 'name'];
        if (name === undefined || name === '') continue;
        if (!known.includes(name)) unknownName(name, known, { site, at: place, what });
        else if (field === 'volumeDevices' && !claims.includes(name)) blockOnly(name, spec, place, site);
      }
    }
  }
}

function blockOnly(name: string, spec: Fields, at: FieldPath, site: Site): void {
  const volume = listOf(spec.volumes)
    .map(fieldsOf)
    .find((candidate) => candidate.name === name);
  if (volume === undefined || BLOCK_SOURCES.some((source) => volume[source] != null)) return;
  site.breach('object/conflict', `${site.name(...at)} is ${quote(name)}, but only claims can be devices`, {
    at,
    expected: 'a volume with persistentVolumeClaim or ephemeral',
  });
}

/** Resource claims that the pod has. */
export function claimsExist(spec: Fields, site: Site): void {
  const known = namesIn(spec.resourceClaims);
  for (const { container, at } of containersOf(spec)) {
    const seen = new Set<string>();
    for (const [index, item] of listOf(fieldsOf(container.resources).claims).entries()) {
      const { name, request } = fieldsOf(item);
      const place = [...at, 'resources', 'claims', index, 'name'];
      if (typeof name !== 'string' || name === '') continue;
      if (!known.includes(name)) {
        unknownName(name, known, { site, at: place, what: 'the pod has no entry in resourceClaims' });
      }
      const key = `${name}/${textOf(request) ?? ''}`;
      const whole = [...seen].some((other) =>
        other === `${name}/` || key === `${name}/` ? other.startsWith(`${name}/`) : false,
      );
      if (seen.has(key) || whole) {
        site.breach('object/duplicate', `${site.name(...place)} is ${quote(name)}, which is claimed already`, {
          at: place,
        });
      }
      seen.add(key);
    }
  }
}

/** Containers and init containers share their names. */
export function namesDiffer(spec: Fields, site: Site): void {
  const names = namesIn(spec.containers);
  for (const [index, item] of listOf(spec.initContainers).entries()) {
    const name = textOf(fieldsOf(item).name);
    if (name === undefined || !names.includes(name)) continue;
    const at = ['initContainers', index, 'name'];
    site.breach('object/duplicate', `${site.name(...at)} is ${quote(name)}, as is that of a container`, {
      at,
      hint: 'give the init container another name',
    });
  }
}

/** A port of the host is one container's; with the host's network it is the container's own. */
export function hostPorts(spec: Fields, site: Site): void {
  const taken = new Set<string>();
  for (const [index, item] of listOf(spec.containers).entries()) {
    for (const [position, entry] of listOf(fieldsOf(item).ports).entries()) {
      const { hostPort, containerPort, hostIP, protocol } = fieldsOf(entry);
      if (hostPort === undefined || hostPort === null || hostPort === 0) continue;
      const at = ['containers', index, 'ports', position, 'hostPort'];
      const key = `${textOf(protocol) || 'TCP'}/${textOf(hostIP) ?? ''}/${String(hostPort)}`;
      if (taken.has(key)) {
        site.breach('object/duplicate', `${site.name(...at)} is ${String(hostPort)}, which another port has too`, {
          at,
        });
      }
      taken.add(key);
      if (spec.hostNetwork !== true || Number(hostPort) === Number(containerPort)) continue;
      site.breach(
        'object/conflict',
        `${site.name(...at)} is ${String(hostPort)}, but with hostNetwork it must be containerPort, ${String(containerPort)}`,
        { at, found: String(hostPort), expected: String(containerPort), hint: 'remove hostPort' },
      );
    }
  }
}
