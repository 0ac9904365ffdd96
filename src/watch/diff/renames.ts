/** ConfigMaps and Secrets that kustomize generates: their names end with a hash of what is in them. */
import { groupOf, type Placed } from './objects.ts';
import { type Paired, pairBy, type Sides } from './pair.ts';

/** Kustomize writes hexadecimal digits with these letters: with 0, 1, 3, a and e names would be words. */
const GENERATED = /^(.+)-[2456789bcdfghkmt]{10}$/;

/** Generated objects that have another hash now, by the rest of their names. */
export function pairRenames(sides: Sides): Paired {
  return pairBy(sides, stemOf);
}

function stemOf({ name }: Placed): string | undefined {
  if (groupOf(name) !== '' || (name.kind !== 'ConfigMap' && name.kind !== 'Secret')) return undefined;
  const stem = GENERATED.exec(name.name)?.[1];
  return stem === undefined ? undefined : JSON.stringify([name.kind, name.namespace ?? '', stem]);
}
