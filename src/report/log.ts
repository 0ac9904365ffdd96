/** `slipway log`, for people. Programs get the same as JSON. */
import type { AskedStore, LiveAt, LogGap, LogGeneration, ReleaseLog, Standing } from '../model.ts';
import { errorText } from './error.ts';
import { changesText, gateText, jobText, kindText, manyNames, shortCommit, warningLines } from './log-words.ts';
import { type Paint, painter } from './paint.ts';
import { plain } from './plain.ts';
import { counted, shortDigest, table } from './table.ts';

/** Artifacts of a moment before the rest becomes a count. */
const LISTED = 20;

const STANDINGS: Readonly<Record<Standing, string>> = {
  line: '',
  diverged: 'diverged: another line, which stores made that could not see the others',
  lost: 'lost: another run got this number at the same time',
};

function commitText(commits: readonly string[]): string {
  const [first] = commits;
  if (first === undefined) return '';
  return commits.length === 1 ? shortCommit(first) : counted(commits.length, 'commit');
}

/** What is not worth a column. */
function details(one: LogGeneration, all: readonly string[]): readonly string[] {
  const { job, versions, frozen, blocks, allowed, gates, standing, stores, kind, plan } = one;
  const missing = all.filter((name) => !stores.includes(name));
  return [
    ...(standing === 'line' ? [] : [STANDINGS[standing]]),
    ...(frozen !== undefined && kind === 'freeze' ? [`reason: ${plain(frozen)}`] : []),
    ...(job === undefined ? [] : [jobText(job)]),
    ...(plan === undefined ? [] : [`plan ${shortDigest(plan)}`]),
    ...(versions.length === 0 ? [] : [`version ${manyNames(versions)}`]),
    ...(blocks.length === 0 ? [] : [`blocked ${manyNames(blocks.map(shortCommit))}`]),
    ...(allowed.length === 0 ? [] : [`allowed ${manyNames(allowed)}`]),
    ...gates.map(gateText),
    ...(missing.length === 0 ? [] : [`not in ${manyNames(missing)}`]),
  ];
}

const gapText = ({ from, to }: LogGap): string =>
  from === to ? `generation ${from} is no longer kept` : `generations ${from} to ${to} are no longer kept`;

function generationLines({ generations, gaps, channel, stores }: ReleaseLog, paint: Paint): readonly string[] {
  const [header = '', ...rows] = table([
    ['GENERATION', 'KIND', 'AT', 'BY', 'COMMIT', ''],
    ...generations.map((one) => [
      `${one.generation}${one.standing === 'line' ? '' : '*'}`,
      kindText(one, channel),
      plain(one.at),
      plain(one.by ?? ''),
      commitText(one.commits),
      changesText(one),
    ]),
  ]);
  const read = Object.keys(stores).filter((name) => stores[name]?.error === undefined);
  const lines = generations.flatMap((one, index) => {
    const below = generations[index + 1]?.generation ?? 0;
    const gone = gaps.filter(({ to }) => to < one.generation && to > below);
    return [
      rows[index] ?? '',
      ...details(one, read).map((line) => `            ${line}`),
      ...gone.map((gap) => paint('dim', gapText(gap))),
    ];
  });
  return generations.length === 0 ? [] : [header, ...lines];
}

function storeLines(stores: Readonly<Record<string, AskedStore>>, paint: Paint): readonly string[] {
  return Object.entries(stores).flatMap(([name, { error }]) =>
    error === undefined ? [] : [`${plain(name)}: ${errorText(error, { paint }).trimEnd()}`],
  );
}

function momentLines({ time, generation, until, artifacts }: LiveAt, channel: string): readonly string[] {
  const end = until === undefined ? 'it is the newest' : `until ${plain(until)}`;
  const rows = artifacts
    .slice(0, LISTED)
    .map(({ name, content, commit, since, orphan }) => [
      plain(name),
      shortDigest(content),
      commit === undefined ? '' : shortCommit(commit),
      String(since),
      orphan ? 'orphan' : '',
    ]);
  const more = artifacts.length - rows.length;
  return [
    `At ${time} generation ${generation} of ${channel} was live; ${end}`,
    ...(rows.length === 0 ? [] : ['', ...table([['ARTIFACT', 'CONTENT', 'COMMIT', 'SINCE', ''], ...rows])]),
    ...(more > 0 ? [`… and ${more} more`] : []),
    '',
  ];
}

/** As text with a final newline. */
export function logText(log: ReleaseLog, paint: Paint = painter(false)): string {
  const { at, generations, older, stores, warnings, channel } = log;
  const notes = [
    ...(generations.length === 0 ? ['no kept generation changed these artifacts'] : []),
    ...(older > 0 && at === undefined ? [`${counted(older, 'older generation')}: show more with --limit`] : []),
    ...storeLines(stores, paint),
    ...warningLines(warnings, paint),
  ];
  return `${[
    ...(at === undefined ? [] : momentLines(at, channel)),
    ...generationLines(log, paint),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n')}\n`;
}

/** As JSON, indented by two, with a final newline. */
export function logJson(log: ReleaseLog): string {
  return `${JSON.stringify(log, null, 2)}\n`;
}
