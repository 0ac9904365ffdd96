/** Names in a pod that refer to something else in it, and names that must differ. */
import { closest } from '../../../config/suggest.ts';
import type { FieldPath } from '../../../model.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../../object.ts';
import { listed } from '../demands.ts';
import { namesIn } from '../metadata.ts';
import { numberOf } from '../numbers.ts';
import { quote, type Site } from '../site.ts';

const LISTS = ['containers', 'initContainers'];

/** A container, and where it is in the spec. */
export interface PlacedContainer {
  readonly container: Fields;
  readonly at: FieldPath;
}

/** The containers of a pod, each with its place. */
export function containersOf(spec: Fields): readonly PlacedContainer[] {
  return LISTS.flatMap((list) =>
    listOf(spec[list]).map((item, index) => ({ container: fieldsOf(item), at: [list, index] })),
  );
}

/** So many names are shown, and so many are tried for a suggestion. */
const MOST_SHOWN = 10;
const MOST_TRIED = 50;

/** Says that something is not among the known names; not where Flux may still replace one of them. */
export function unknownName(
  name: string,
  known: ReadonlySet<string>,
  { site, at, what }: { readonly site: Site; readonly at: FieldPath; readonly what: string },
): void {
  const some = [...known].slice(0, MOST_TRIED);
  if (some.some((other) => other.includes('${'))) return;
  const near = closest(name, some);
  site.breach('object/reference', `${site.name(...at)} is ${quote(name)}, but ${what} of this name`, {
    at,
    found: quote(name),
    expected: some.length === 0 ? 'a name that exists' : `one of ${listed(some.slice(0, MOST_SHOWN), 'or')}`,
    hint: near === undefined ? 'add it, or correct the name' : `did you mean "${near}"?`,
  });
}

/** Volumes that a StatefulSet adds to its pods. */
function claimTemplates({ object: { kind, value } }: Site): readonly string[] {
  if (kind !== 'StatefulSet') return [];
  return listOf(fieldsOf(value.spec).volumeClaimTemplates).flatMap(
    (template) => textOf(fieldsOf(fieldsOf(template).metadata).name) ?? [],
  );
}

/** Volumes that cannot be given to a container as a device: their sources are no claims. */
function filesOnly(spec: Fields, claims: readonly string[]): ReadonlySet<unknown> {
  const volumes = listOf(spec.volumes).map(fieldsOf);
  const files = volumes.filter(({ persistentVolumeClaim, ephemeral }) => (persistentVolumeClaim ?? ephemeral) == null);
  const names = new Set(files.map(({ name }) => name));
  for (const claim of claims) names.delete(claim);
  return names;
}

/** Mounts and devices of volumes that the pod has. */
export function volumesExist(spec: Fields, site: Site): void {
  const claims = claimTemplates(site);
  const known = new Set([...namesIn(spec.volumes), ...claims]);
  const files = filesOnly(spec, claims);
  for (const { container, at } of containersOf(spec)) {
    for (const field of ['volumeMounts', 'volumeDevices']) {
      for (const [index, item] of listOf(container[field]).entries()) {
        const name = textOf(fieldsOf(item).name) ?? '';
        const place = [...at, field, index, 'name'];
        if (name === '') continue;
        if (!known.has(name)) unknownName(name, known, { site, at: place, what: 'the pod has no volume' });
        else if (field === 'volumeDevices' && files.has(name)) notBlock(name, place, site);
      }
    }
  }
}

function notBlock(name: string, at: FieldPath, site: Site): void {
  site.breach('object/conflict', `${site.name(...at)} is ${quote(name)}, but only claims can be devices`, {
    at,
    expected: 'a volume with persistentVolumeClaim or ephemeral',
    hint: 'mount the volume with volumeMounts',
  });
}

/** Resource claims that the pod has, each claimed once: as a whole or by its requests. */
export function claimsExist(spec: Fields, site: Site): void {
  const known = new Set(namesIn(spec.resourceClaims));
  for (const { container, at } of containersOf(spec)) {
    const claimed = new Map<string, Set<string>>();
    for (const [index, item] of listOf(fieldsOf(container.resources).claims).entries()) {
      const { name, request } = fieldsOf(item);
      const place = [...at, 'resources', 'claims', index, 'name'];
      if (typeof name !== 'string' || name === '') continue;
      if (!known.has(name)) {
        unknownName(name, known, { site, at: place, what: 'the pod has no entry in resourceClaims' });
      }
      const part = textOf(request) ?? '';
      const parts = claimed.get(name) ?? new Set();
      if (parts.has(part) || parts.has('') || (part === '' && parts.size > 0)) {
        site.breach('object/duplicate', `${site.name(...place)} is ${quote(name)}, which is claimed already`, {
          at: place,
        });
      }
      claimed.set(name, parts.add(part));
    }
  }
}

/** Containers and init containers share their names. */
export function namesDiffer(spec: Fields, site: Site): void {
  const names = new Set(namesIn(spec.containers));
  for (const [index, item] of listOf(spec.initContainers).entries()) {
    const name = textOf(fieldsOf(item).name);
    if (name === undefined || !names.has(name)) continue;
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
      const port = numberOf(hostPort) ?? 0;
      if (port === 0) continue;
      const at = ['containers', index, 'ports', position, 'hostPort'];
      const key = `${textOf(protocol) || 'TCP'}/${textOf(hostIP) ?? ''}/${port}`;
      const name = `${site.name(...at)} is ${port}`;
      if (taken.has(key)) site.breach('object/duplicate', `${name}, which another port has too`, { at });
      taken.add(key);
      const own = numberOf(containerPort);
      if (spec.hostNetwork === true && own !== undefined && port !== own) {
        const expected = String(own);
        site.breach('object/conflict', `${name}, but with hostNetwork it must be containerPort, ${expected}`, {
          at,
          found: String(port),
          expected,
          hint: 'remove hostPort',
        });
      }
    }
  }
}
