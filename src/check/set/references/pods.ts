/** What pods need: ConfigMaps, Secrets, ServiceAccounts, volume claims. */
import type { FieldPath } from '../../../model.ts';
import { fieldsOf, isMapping, type KubernetesObject, listOf, textOf } from '../../object.ts';
import { podTemplatesOf } from '../../objects/pod-specs.ts';
import { type Aim, CONFIG_MAP, type References, SECRET, SERVICE_ACCOUNT } from '../reference.ts';

const CLAIM: Aim = { rule: 'set/volume-claim', group: '', kind: 'PersistentVolumeClaim' };

/** Adds what the pods of an object name. */
export function addPodReferences(object: KubernetesObject, references: References): void {
  for (const { at, spec } of podTemplatesOf(object)) {
    references.add(SERVICE_ACCOUNT, spec.serviceAccountName, [...at, 'serviceAccountName']);
    for (const list of ['initContainers', 'containers']) {
      listOf(spec[list]).forEach((container, index) => {
        addEnvironment(container, [...at, list, index], references);
      });
    }
    listOf(spec.volumes).forEach((volume, index) => {
      addVolume(volume, [...at, 'volumes', index], references);
    });
  }
}

function addEnvironment(container: unknown, at: FieldPath, references: References): void {
  const { env, envFrom } = fieldsOf(container);
  listOf(envFrom).forEach((source, index) => {
    references.addRef(CONFIG_MAP, source, [...at, 'envFrom', index], 'configMapRef');
    references.addRef(SECRET, source, [...at, 'envFrom', index], 'secretRef');
  });
  listOf(env).forEach((variable, index) => {
    const { valueFrom } = fieldsOf(variable);
    if (!isMapping(valueFrom)) return;
    addKey(CONFIG_MAP, valueFrom.configMapKeyRef, [...at, 'env', index, 'valueFrom', 'configMapKeyRef'], references);
    addKey(SECRET, valueFrom.secretKeyRef, [...at, 'env', index, 'valueFrom', 'secretKeyRef'], references);
  });
}

function addKey(aim: Aim, value: unknown, at: FieldPath, references: References): void {
  const { name, key, optional } = fieldsOf(value);
  references.add(aim, name, [...at, 'name'], { optional: optional === true, ...entryOf(key, [...at, 'key']) });
}

const entryOf = (key: unknown, field: FieldPath): Pick<Parameters<References['add']>[3] & object, 'entry'> => {
  const name = textOf(key);
  return name === undefined ? {} : { entry: { name, field } };
};

function addVolume(volume: unknown, at: FieldPath, references: References): void {
  const { configMap, secret, projected, persistentVolumeClaim: claim } = fieldsOf(volume);
  addFiles(CONFIG_MAP, configMap, 'name', [...at, 'configMap'], references);
  addFiles(SECRET, secret, 'secretName', [...at, 'secret'], references);
  listOf(fieldsOf(projected).sources).forEach((source, index) => {
    const place = [...at, 'projected', 'sources', index];
    addFiles(CONFIG_MAP, fieldsOf(source).configMap, 'name', [...place, 'configMap'], references);
    addFiles(SECRET, fieldsOf(source).secret, 'name', [...place, 'secret'], references);
  });
  references.add(CLAIM, fieldsOf(claim).claimName, [...at, 'persistentVolumeClaim', 'claimName']);
}

/** A volume of files; `items` picks some of them, and all that are picked must be there. */
function addFiles(aim: Aim, value: unknown, nameKey: string, at: FieldPath, references: References): void {
  if (!isMapping(value)) return;
  const optional = value.optional === true;
  references.add(aim, value[nameKey], [...at, nameKey], { optional });
  listOf(value.items).forEach((item, index) => {
    const entry = entryOf(fieldsOf(item).key, [...at, 'items', index, 'key']);
    if (entry.entry !== undefined) references.add(aim, value[nameKey], [...at, nameKey], { optional, ...entry });
  });
}
