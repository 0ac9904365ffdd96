/** What is wrong with a Flux object by itself, whatever it fetches: how often, and with what left over from a person's hand. */
import { type Fields, fieldsOf, type KubernetesObject, textOf } from '../object.ts';
import type { Report } from '../rule.ts';
import type { ObjectCheck } from '../view.ts';
import { isFlux, isVariable, secondsOf } from './kinds.ts';
import { consumedFolder } from './paths.ts';

/** Looks at objects of Flux, and at Secrets that SOPS encrypted. */
export const checkSync: ObjectCheck = (object, _context, report) => {
  if (object.value.sops !== undefined) checkEncryption(object, report);
  if (!isFlux(object)) return;
  const spec = fieldsOf(object.value.spec);
  checkLeftovers(object, spec, report);
  checkInterval(spec, report);
  if (object.kind === 'Kustomization') checkKustomization(spec, report);
};

const REQUESTS = ['requestedAt', 'forceAt', 'resetAt'].map((name) => `reconcile.fluxcd.io/${name}`);

function checkLeftovers({ annotations, kind }: KubernetesObject, { suspend }: Fields, report: Report): void {
  if (suspend === true) {
    report({
      rule: 'flux/suspended',
      field: ['spec', 'suspend'],
      message: `This ${kind} is published suspended: nothing that it should deliver arrives until somebody resumes it`,
      hint: 'remove "suspend"; to hold a cluster back, suspend in the cluster',
    });
  }
  for (const name of REQUESTS.filter((key) => annotations[key] !== undefined)) {
    report({
      rule: 'flux/reconcile-request',
      field: ['metadata', 'annotations', name],
      message: `The annotation "${name}" is a request to run once, left over from a command`,
      hint: 'remove it',
    });
  }
}

const LEAST_INTERVAL = 30;

function checkInterval({ interval }: Fields, report: Report): void {
  const seconds = textOf(interval) === undefined ? undefined : secondsOf(String(interval));
  if (seconds === undefined || seconds >= LEAST_INTERVAL) return;
  report({
    rule: 'flux/short-interval',
    field: ['spec', 'interval'],
    message: `The interval is ${String(interval)}: every cluster asks that often, whether something changed or not`,
    found: String(interval),
    expected: `${LEAST_INTERVAL}s or more`,
    hint: 'raise it, and let a Receiver tell Flux of new releases',
  });
}

const LONG_INTERVAL = 600;
const VARIABLE = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

function checkKustomization(spec: Fields, report: Report): void {
  const { interval, retryInterval, force, path, prune } = spec;
  if (fieldsOf(spec.sourceRef).kind === 'Bucket' && prune === true && isRoot(path)) {
    report({
      rule: 'flux/bucket-root',
      field: path === undefined ? ['spec'] : ['spec', 'path'],
      message: 'The path is the root of a Bucket: if the Bucket finds nothing, Flux deletes everything that it applied',
      hint: 'name the folder that the objects lie in; where it is missing, Flux stops',
    });
  }
  if (force === true) {
    const message = '"force" deletes and creates objects whose change the API server refuses: they are down meanwhile';
    report({
      rule: 'flux/force',
      field: ['spec', 'force'],
      message,
      hint: 'remove it; annotate the few objects that need it',
    });
  }
  if ((secondsOf(textOf(interval) ?? '') ?? 0) >= LONG_INTERVAL && retryInterval === undefined) {
    const message = `A failure is tried again only after the interval of ${String(interval)}`;
    report({
      rule: 'flux/retry-interval',
      field: ['spec', 'interval'],
      message,
      hint: 'set "retryInterval", such as 2m',
    });
  }
  for (const name of Object.keys(fieldsOf(fieldsOf(spec.postBuild).substitute))) {
    if (VARIABLE.test(name)) continue;
    report({
      rule: 'flux/variable-name',
      field: ['spec', 'postBuild', 'substitute', name],
      message: `"${name}" is no name of a variable: Flux refuses all of them`,
      expected: 'letters, digits and underscores, not beginning with a digit',
      hint: 'rename the variable',
    });
  }
}

function isRoot(path: unknown): boolean {
  if (path === undefined || path === null) return true;
  return typeof path === 'string' && !isVariable(path) && consumedFolder(path) === '';
}

function checkEncryption({ apiVersion, kind, name }: KubernetesObject, report: Report): void {
  const encrypted = Object.entries({ apiVersion, kind, 'metadata.name': name }).filter(([, text]) =>
    text.startsWith('ENC['),
  );
  if (encrypted.length === 0) return;
  report({
    rule: 'flux/sops-metadata',
    message: `SOPS encrypted ${encrypted.map(([field]) => `"${field}"`).join(', ')} too: Flux decrypts only values`,
    hint: "encrypt again with --encrypted-regex '^(data|stringData)$'",
  });
}
