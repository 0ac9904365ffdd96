/** A plan for people: what changes, who will reconcile, what it costs, and what publishing needs. */
import { groupedBy } from '../grouped.ts';
import type { PlanDocument, PlannedName, Receipt } from '../model.ts';
import { changeLines } from './changes.ts';
import { type Paint, painter } from './paint.ts';
import { findingsOf, proofLines } from './receipt.ts';
import { refusalLines } from './refusals.ts';
import { counted, sizeText, table } from './table.ts';

/** Lines of names before the rest becomes a number. */
const LISTED = 20;
/** Lines of the difference; slipway diff has all of it. */
const CHANGES = 60;

function heading({ receipt, changes }: PlanDocument, paint: Paint): string[] {
  const { channel, version, generation, revision } = receipt;
  const said = changes ? 'this is what a publish would do, nothing was written' : 'a publish would change nothing';
  return [
    `${paint(changes ? 'yellow' : 'green', receipt.outcome)}: ${said}`,
    ...(channel === undefined ? [] : [`  channel ${channel}, generation ${generation}`]),
    ...(version === undefined ? [] : [`  version ${version}`]),
    ...(revision === undefined ? [] : [`  ${revision}`]),
  ];
}

const storesOf = (names: readonly PlannedName[]): string => names.map(({ store }) => store).join(', ');

/** What Flux will report where an artifact reconciles: stores that agree on it share a line. */
function rowsOf({ artifacts }: Receipt, names: readonly PlannedName[]): readonly (readonly string[])[] {
  const artifact = artifacts.find(({ name }) => name === names[0]?.artifact);
  const revision = ({ store }: PlannedName): string => artifact?.stores[store]?.fluxRevision ?? '';
  return [...groupedBy(names, revision)].map(([shown, same]) => [
    ...[names[0]?.artifact ?? '', storesOf(same)],
    same.every(({ isNew }) => isNew) ? 'new' : '',
    shown,
  ]);
}

function nameLines({ names, receipt }: PlanDocument): string[] {
  if (receipt.channel === undefined || names.length === 0) return [];
  const byArtifact = [...groupedBy(names, ({ artifact }) => artifact).values()];
  const moving = byArtifact
    .map((all) => all.filter(({ reconciles }) => reconciles === 'yes'))
    .filter((all) => all.length > 0);
  const rows = moving.slice(0, LISTED).flatMap((all) => rowsOf(receipt, all));
  const more = moving.length - LISTED;
  const unknown = [...new Set(names.filter(({ reconciles }) => reconciles === 'unknown').map(({ store }) => store))];
  const still = byArtifact.length - moving.length;
  return [
    '',
    ...(rows.length === 0 ? [] : table([['WILL RECONCILE', 'IN', '', 'FLUX REVISION'], ...rows])),
    ...(more > 0 ? [`… and ${more} more will reconcile`] : []),
    ...(still === 0 ? [] : [`${still} of ${counted(byArtifact.length, 'artifact')} will not reconcile`]),
    ...unknown.map((store) => `Nobody can tell about store ${store}: it could not be read`),
  ];
}

function storeLines({ stores, requests }: Receipt): string[] {
  const rows = Object.entries(stores).map(([name, { state, generation }]) => {
    const { reads = 0, writes = 0, bytes = 0 } = requests[name] ?? {};
    return [name, state, String(generation), String(reads), String(writes), sizeText(bytes)];
  });
  return rows.length === 0
    ? []
    : ['', ...table([['STORE', 'STATE', 'GENERATION', 'READS', 'WRITES', 'UPLOAD'], ...rows])];
}

/** A plan as text with a final newline: bounded, however many artifacts there are. */
export function planText(plan: PlanDocument, paint: Paint = painter(false)): string {
  const { receipt } = plan;
  const lines = [
    ...heading(plan, paint),
    ...changeLines(receipt, paint, CHANGES),
    ...nameLines(plan),
    ...storeLines(receipt),
    ...proofLines(receipt, paint),
    ...findingsOf(receipt, paint),
    ...refusalLines(receipt.refusals, paint),
  ];
  return `${lines.join('\n')}\n`;
}
