/** SARIF 2.1.0, as conftest, kube-linter and many others print it. */
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import type { Form, NamedObject, PolicyFinding } from './finding.ts';

/** Reads a SARIF log. */
export const sarif: Form = (value) => {
  if (!isMapping(value) || !Array.isArray(value.runs)) return undefined;
  return value.runs.flatMap((run) => {
    const rules = listOf(fieldsOf(fieldsOf(fieldsOf(run).tool).driver).rules).map(fieldsOf);
    return listOf(fieldsOf(run).results).flatMap((result) => findingOf(fieldsOf(result), rules));
  });
};

const LEVELS: Readonly<Record<string, PolicyFinding['level']>> = { error: 'error', warning: 'warn', note: 'warn' };

function findingOf(result: Fields, rules: readonly Fields[]): PolicyFinding[] {
  const id = textOf(result.ruleId) ?? textOf(fieldsOf(result.rule).id);
  const rule = rules.find((each) => each.id === id) ?? rules[Number(result.ruleIndex ?? -1)];
  const level = textOf(result.level) ?? textOf(fieldsOf(rule?.defaultConfiguration).level);
  const accepted = listOf(result.suppressions).length > 0 || !['fail', undefined].includes(textOf(result.kind));
  if (accepted || level === 'none') return [];
  const location = fieldsOf(listOf(result.locations)[0]);
  const { startLine, startColumn } = fieldsOf(fieldsOf(location.physicalLocation).region);
  const help = textOf(rule?.helpUri);
  return [
    {
      level: level === undefined ? undefined : LEVELS[level],
      rule: id,
      message: textOf(fieldsOf(result.message).text) ?? textOf(fieldsOf(rule?.shortDescription).text) ?? id ?? '',
      hint: help === undefined ? undefined : `see ${help}`,
      object: objectIn(location),
      // Who does not know the line writes 1.
      line: typeof startLine === 'number' && (startLine > 1 || startColumn !== undefined) ? startLine : undefined,
    },
  ];
}

/** kube-linter names the object in the parts of a logical location. */
function objectIn(location: Fields): NamedObject | undefined {
  const parts = new Map(listOf(location.logicalLocations).map((part) => [fieldsOf(part).kind, fieldsOf(part).name]));
  const name = textOf(parts.get('Object Name'));
  if (name === undefined) return undefined;
  return { name, kind: textOf(parts.get('GVK/Kind')), namespace: textOf(parts.get('Object Namespace')) };
}
