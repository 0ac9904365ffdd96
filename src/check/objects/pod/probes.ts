/** Probes and hooks of containers. */
import type { FieldPath } from '../../../model.ts';
import { type Fields, fieldsOf } from '../../object.ts';
import { ban, exactlyOne } from '../demands.ts';
import { each, fields, type Look } from '../look.ts';
import { numberOf } from '../numbers.ts';
import type { Site } from '../site.ts';
import { type Form, given, PORT_NAME, text } from '../texts.ts';

/** A port by the name that the container gives it; its number is the schema's. */
export const portName: Look = text(PORT_NAME);

const HEADER: Form = {
  rule: 'object/value',
  name: 'the name of an HTTP header',
  made: 'letters, digits and "-"',
  fits: (text) => /^[-A-Za-z0-9]+$/.test(text),
};

const httpGet: Look = fields({ port: portName, httpHeaders: each(fields({ name: given(HEADER) })) });
const HANDLERS: Readonly<Record<string, Look>> = {
  httpGet,
  tcpSocket: fields({ port: portName }),
};

const BASE = ['exec', 'httpGet', 'tcpSocket'];
/** Only readiness can ask for more than one success. */
function onceIsEnough({ successThreshold }: Fields, site: Site): void {
  const count = numberOf(successThreshold);
  if (count === undefined || count <= 1) return;
  site.breach('object/range', `${site.name('successThreshold')} is ${count}, but this probe takes 1 only`, {
    at: ['successThreshold'],
    found: String(count),
    expected: '1',
    hint: 'remove it; only a readinessProbe can ask for several successes',
  });
}

const probe = (...demands: readonly ((value: Fields, site: Site) => void)[]): Look =>
  fields(HANDLERS, exactlyOne(...BASE, 'grpc'), ...demands);

/** Probes by field. */
export const PROBES: Readonly<Record<string, Look>> = {
  livenessProbe: probe(onceIsEnough),
  startupProbe: probe(onceIsEnough),
  readinessProbe: probe(ban('terminationGracePeriodSeconds', () => 'a readiness probe ends no container')),
};

const hook: Look = fields(HANDLERS, exactlyOne(...BASE, 'sleep'));

/** `lifecycle` of a container. */
export const lifecycle: Look = fields({ postStart: hook, preStop: hook });

/** What a container does before it ends must not last longer than it is given to end. */
export function sleepsInTime(
  hooks: Fields,
  { grace, at }: { readonly grace: number; readonly at: FieldPath },
  site: Site,
): void {
  for (const name of ['postStart', 'preStop']) {
    const length = numberOf(fieldsOf(fieldsOf(hooks[name]).sleep).seconds);
    if (length === undefined || (length >= 0 && length <= grace)) continue;
    const place = [...at, name, 'sleep', 'seconds'];
    const limit = `the pod's terminationGracePeriodSeconds, ${grace}`;
    site.breach('object/range', `${site.name(...place)} is ${length}, but it must be from 0 to ${limit}`, {
      at: place,
      found: String(length),
      expected: `from 0 to ${grace}`,
      hint: 'raise terminationGracePeriodSeconds, or sleep less',
    });
  }
}
