/** `slipway status`, for people: channels with hundreds of artifacts fit on a screen. Programs get everything, as JSON. */
import { groupedBy } from '../grouped.ts';
import type { ChannelStatus, ChannelStore, ProofKind, Status, StatusArtifact } from '../model.ts';
import { errorText } from './error.ts';
import { ageText, jobText, kindText, manyNames, shortCommit, warningLines } from './log-words.ts';
import { type Colour, type Paint, painter } from './paint.ts';
import { plain } from './plain.ts';
import { counted, table } from './table.ts';

const STATES: Readonly<Record<ChannelStore['state'], Colour>> = {
  current: 'green',
  lagging: 'yellow',
  diverged: 'yellow',
  failed: 'red',
};

const PROOFS: Readonly<Record<ProofKind, string>> = {
  bundle: 'Sigstore bundle',
  views: 'Sigstore bundle over bucket objects',
  signature: 'cosign signature (.sig)',
  notation: 'Notation signature',
};

function titleLines(status: ChannelStatus, asked: string, paint: Paint): readonly string[] {
  const { channel, generation, kind, at, by, job, floor, frozen, blocked, versions, artifacts } = status;
  // A bucket may hold folders of any name.
  const title = paint('bold', plain(channel));
  if (kind === undefined || at === undefined) {
    const isSure = Object.values(status.stores).every(({ state }) => state !== 'failed');
    return [`${title}: ${isSure ? 'no release yet' : 'no release in the stores that answer'}`];
  }
  const who = by === undefined ? '' : ` by ${plain(by)}`;
  const orphans = artifacts.filter(({ orphan }) => orphan).map(({ name }) => name);
  return [
    `${title}: generation ${generation}, ${ageText(at, asked)}`,
    `  ${kindText({ ...status, kind }, channel)}${who} at ${plain(at)}`,
    ...(job === undefined ? [] : [`  ${jobText(job)}`]),
    ...(floor === undefined ? [] : [`  newest commit ${shortCommit(floor.commit)} of ${plain(floor.time)}`]),
    ...(versions.length === 0 ? [] : [`  version ${manyNames(versions)}`]),
    ...(frozen === undefined ? [] : [`  ${paint('yellow', 'frozen')}: ${plain(frozen)}`]),
    ...(blocked.length === 0 ? [] : [`  blocked: ${manyNames(blocked.map(shortCommit))}`]),
    ...(orphans.length === 0 ? [] : [`  orphans: ${manyNames(orphans)}; slipway retire removes them`]),
  ];
}

/** Artifacts by the commit that they were published from, the most first. */
function artifactLines({ artifacts }: ChannelStatus): readonly string[] {
  if (artifacts.length === 0) return [];
  const groups = [...groupedBy(artifacts, ({ commit }) => commit ?? '')].sort(([, a], [, b]) => b.length - a.length);
  const rows = groups
    .slice(0, 10)
    .map(([commit, same]) => [
      counted(same.length, 'artifact'),
      commit === '' ? 'without a commit' : `from ${shortCommit(commit)}`,
      manyNames(same.map(({ name }) => name)),
    ]);
  const rest = groups.slice(10).reduce((sum, [, same]) => sum + same.length, 0);
  return [...table(rows), ...(rest === 0 ? [] : [`${counted(rest, 'artifact')} from other commits`])];
}

/** How many artifacts are proved by whom, and which are not. */
function proofLines(artifacts: readonly StatusArtifact[]): readonly string[] {
  const proved = artifacts.flatMap(({ name, proofs }) =>
    [...new Set(proofs.map(({ kind, signer }) => `${PROOFS[kind]} by ${plain(signer)}`))].map((text) => ({
      name,
      text,
    })),
  );
  const bare = artifacts.filter(({ proofs }) => proofs.length === 0).map(({ name }) => name);
  return [
    ...[...groupedBy(proved, ({ text }) => text)].map(([text, same]) => `${counted(same.length, 'artifact')}: ${text}`),
    ...(bare.length === 0 ? [] : [`${counted(bare.length, 'artifact')} without a proof: ${manyNames(bare)}`]),
  ];
}

function behindText(names: readonly string[]): string {
  if (names.length === 0) return '';
  return `${counted(names.length, 'name')} behind: ${manyNames(names)}`;
}

function storeLines({ stores, kind }: ChannelStatus, paint: Paint): readonly string[] {
  const entries = Object.entries(stores);
  const rows = entries.map(([name, { state, generation, behind }]) => [
    name,
    state,
    String(generation),
    behindText(behind),
  ]);
  const [header = '', ...lines] = table([['STORE', 'STATE', 'GENERATION', ''], ...rows]);
  const coloured = lines.map((line, index) => {
    const [name = '', store] = entries[index] ?? [];
    if (store === undefined) return line;
    return (
      line.slice(0, name.length) + line.slice(name.length).replace(store.state, paint(STATES[store.state], store.state))
    );
  });
  const errors = entries.flatMap(([name, { error }]) =>
    error === undefined ? [] : [`${plain(name)}: ${errorText(error, { paint }).trimEnd()}`],
  );
  return kind === undefined ? errors : [header, ...coloured, ...errors];
}

function block(status: ChannelStatus, asked: string, paint: Paint): string {
  const { artifacts, error } = status;
  const lines = [...artifactLines(status), ...proofLines(artifacts), ...storeLines(status, paint)];
  return [
    ...titleLines(status, asked, paint),
    ...lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`),
    ...(error === undefined ? [] : [`  ${errorText(error, { paint }).trimEnd().replaceAll('\n', '\n  ')}`]),
  ].join('\n');
}

/** As text with a final newline: a block for each channel. */
export function statusText({ channels, asked, warnings }: Status, paint: Paint = painter(false)): string {
  const blocks = channels.map((channel) => block(channel, asked, paint));
  const told = blocks.length === 0 ? ['nothing is published in these stores'] : blocks;
  return `${[...told, ...(warnings.length === 0 ? [] : [warningLines(warnings, paint).join('\n')])].join('\n\n')}\n`;
}

/** As JSON, indented by two, with a final newline. */
export function statusJson(status: Status): string {
  return `${JSON.stringify(status, null, 2)}\n`;
}
