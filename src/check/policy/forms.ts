/** The JSON that policy programs print. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import type { Form, NamedObject, PolicyFinding } from './finding.ts';
import { sarif } from './sarif.ts';

const LEVELS: Readonly<Record<string, PolicyFinding['level']>> = {
  ...{ error: 'error', fail: 'error', failure: 'error', critical: 'error', high: 'error' },
  ...{ warn: 'warn', warning: 'warn', info: 'warn', note: 'warn', medium: 'warn', low: 'warn' },
};

const levelOf = (value: unknown): PolicyFinding['level'] => LEVELS[(textOf(value) ?? '').toLowerCase()];
const lineOf = (value: unknown): number | undefined =>
  Number.isInteger(value) && Number(value) >= 1 ? Number(value) : undefined;

function objectOf({ kind, name, namespace }: Fields): NamedObject | undefined {
  const named = textOf(name);
  return named === undefined ? undefined : { name: named, kind: textOf(kind), namespace: textOf(namespace) };
}

/** `Deployment payments/api`, as our own findings write it. */
function objectFrom(text: string | undefined): NamedObject | undefined {
  const [, kind, namespace, name] = /^(\S+) (?:([^/\s]+)\/)?([^/\s]+)$/.exec(text ?? '') ?? [];
  return name === undefined ? undefined : { kind, name, namespace };
}

/** `/spec/containers/0/image` (RFC 6901). */
function pointer(text: string | undefined): FieldPath | undefined {
  const keys = text?.split('/').slice(1);
  return keys?.map((key) => (/^\d+$/.test(key) ? Number(key) : key.replaceAll('~1', '/').replaceAll('~0', '~')));
}

/** Ours: `{findings: […]}`, or the list alone. */
const findings: Form = (value) => {
  const list = isMapping(value) ? value.findings : value;
  if (!Array.isArray(list) || !list.every((item) => textOf(fieldsOf(item).message) !== undefined)) return undefined;
  return list.map(fieldsOf).map((item) => ({
    level: levelOf(item.severity ?? item.level),
    rule: textOf(item.rule),
    message: textOf(item.message) ?? '',
    hint: textOf(item.hint),
    object: objectFrom(textOf(item.object)) ?? objectOf(isMapping(item.object) ? item.object : item),
    line: lineOf(item.line),
  }));
};

/** conftest test --output json */
const conftest: Form = (value) => {
  const keys = ['successes', 'failures', 'warnings', 'exceptions', 'skipped'];
  const isResult = (item: unknown): boolean => isMapping(item) && keys.some((key) => key in item);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isResult)) return undefined;
  const read = (list: unknown, level: 'error' | 'warn'): PolicyFinding[] =>
    listOf(list).map((item) => ({
      level,
      message: textOf(item) ?? textOf(fieldsOf(item).msg) ?? '',
      object: objectOf(fieldsOf(fieldsOf(item).metadata)),
    }));
  return value
    .map(fieldsOf)
    .flatMap(({ failures, warnings }) => [...read(failures, 'error'), ...read(warnings, 'warn')]);
};

/** kube-linter lint --format json */
const kubeLinter: Form = (value) => {
  if (!isMapping(value) || !('Reports' in value) || !('Checks' in value)) return undefined;
  return listOf(value.Reports).map((item) => {
    const { Diagnostic, Check, Remediation, Object: owner } = fieldsOf(item);
    const { Name, Namespace, GroupVersionKind } = fieldsOf(fieldsOf(owner).K8sObject);
    return {
      level: levelOf(fieldsOf(Diagnostic).Severity),
      rule: textOf(Check),
      message: textOf(fieldsOf(Diagnostic).Message) ?? '',
      hint: textOf(Remediation),
      object: objectOf({ name: Name, namespace: Namespace, kind: fieldsOf(GroupVersionKind).Kind }),
    };
  });
};

/** Policy reports, as kyverno apply --policy-report --output-format json prints them. */
const policyReport: Form = (value) => {
  const reports = Array.isArray(value) ? value : [value];
  const isReport = (item: unknown): boolean =>
    isMapping(item) && Array.isArray(item.results) && item.results.every((each) => textOf(fieldsOf(each).result));
  if (reports.length === 0 || !reports.every(isReport)) return undefined;
  return reports
    .flatMap((report) => listOf(fieldsOf(report).results))
    .map(fieldsOf)
    .filter(({ result }) => ['fail', 'warn', 'error'].includes(textOf(result) ?? ''))
    .flatMap(({ policy, rule, message, result, resources }) => {
      const names = [policy, rule].filter((name) => textOf(name)).join('/');
      const finding = { level: levelOf(result), rule: names, message: textOf(message) || 'the policy is not met' };
      const objects = listOf(resources).map((resource) => objectOf(fieldsOf(resource)));
      return objects.length === 0 ? [finding] : objects.map((object) => ({ ...finding, object }));
    });
};

/** kubeconform -output json */
const kubeconform: Form = (value) => {
  if (!isMapping(value) || !Array.isArray(value.resources)) return undefined;
  const bad = value.resources
    .map(fieldsOf)
    .filter(({ status }) => status !== 'statusValid' && status !== 'statusSkipped');
  return bad.map((item) => ({
    level: 'error',
    message: textOf(item.msg) || 'it is not valid',
    object: objectOf(item),
  }));
};

/** flux schema validate --output json */
const fluxSchema: Form = (value) => {
  const { report } = fieldsOf(value);
  if (!isMapping(report) || !Array.isArray(report.results)) return undefined;
  return report.results
    .map(fieldsOf)
    .filter(({ status }) => status === 'invalid')
    .flatMap(({ resource, reason, violations }) =>
      listOf(violations)
        .map(fieldsOf)
        .map(({ path, message }) => ({
          level: 'error' as const,
          rule: textOf(reason),
          message: textOf(message) ?? '',
          object: objectOf(fieldsOf(resource)),
          field: pointer(textOf(path)),
        })),
    );
};

const FORMS: readonly Form[] = [sarif, conftest, kubeLinter, policyReport, kubeconform, fluxSchema, findings];

/** What a program's JSON says; undefined when no form fits. */
export function findingsIn(value: unknown): readonly PolicyFinding[] | undefined {
  for (const form of FORMS) {
    const found = form(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
