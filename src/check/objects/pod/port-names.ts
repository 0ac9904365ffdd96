/** Ports that probes and hooks call by name: the kubelet looks for them in their own container. */
import { closest } from '../../../config/suggest.ts';
import { fieldsOf, listOf, textOf, valueAt } from '../../object.ts';
import type { Demand } from '../look.ts';
import { quote } from '../site.ts';
import { PORT_NAME } from '../texts.ts';

const ASKING = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
].flatMap((at) => [
  [...at, 'httpGet', 'port'],
  [...at, 'tcpSocket', 'port'],
]);

/** Named ports are among the container's own. */
export const portsExist: Demand = (container, site) => {
  const names = listOf(container.ports).map((port) => textOf(fieldsOf(port).name) ?? '');
  // Flux may still make any name of it.
  if (names.some((name) => name.includes('${'))) return;
  for (const at of ASKING) {
    const name = valueAt(container, at);
    if (typeof name !== 'string' || !PORT_NAME.fits(name, site.minor) || names.includes(name)) continue;
    const near = closest(name, names);
    site.breach(
      'object/port-name',
      `${site.name(...at)} is ${quote(name)}, but the container has no port of this name`,
      {
        at,
        found: quote(name),
        hint: near === undefined ? 'name the port under ports, or write its number' : `did you mean "${near}"?`,
      },
    );
  }
};
