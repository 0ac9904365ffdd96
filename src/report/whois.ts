/** `slipway whois`, for people. Programs get the same as JSON. */
import { groupedBy } from '../grouped.ts';
import type { DigestRole, FirstSeen, Whois, WhoisPlace, WhoisVersion } from '../model.ts';
import { errorText } from './error.ts';
import { jobText, manyNames, shortCommit, warningLines } from './log-words.ts';
import { type Paint, painter } from './paint.ts';
import { plain } from './plain.ts';

const ROLES: Readonly<Record<DigestRole, string>> = {
  content: 'the content',
  manifest: 'the manifest',
  view: 'what buckets show',
  proof: 'a proof',
  revision: 'the revision that Flux reports for a bucket',
};

const rolesText = (roles: readonly DigestRole[]): string => roles.map((role) => ROLES[role]).join(', and ');

/** Numbers that come newest first, from the oldest on, neighbours as one range: `12, 38 to 41`. */
function rangesText(numbers: readonly number[]): string {
  const ranges: { low: number; high: number }[] = [];
  for (const number of [...numbers].reverse()) {
    const last = ranges.at(-1);
    if (last !== undefined && last.high + 1 === number) last.high = number;
    else ranges.push({ low: number, high: number });
  }
  return ranges.map(({ low, high }) => (low === high ? String(low) : `${low} to ${high}`)).join(', ');
}

function firstLines({ generation, kind, at, by, job, source, commit }: FirstSeen): readonly string[] {
  const from = [
    ...(commit === undefined ? [] : [`commit ${shortCommit(commit)}`]),
    ...(source === undefined ? [] : [`of ${plain(source)}`]),
  ].join(' ');
  const what = kind === 'adopt' ? 'there before slipway, taken over' : `first: generation ${generation}, ${kind}`;
  return [
    `${what} at ${plain(at)}${by === undefined ? '' : ` by ${plain(by)}`}`,
    ...(job === undefined ? [] : [jobText(job)]),
    ...(from === '' ? [] : [from]),
  ];
}

/** Artifacts that have it in common are told together. */
function placeLines(places: readonly WhoisPlace[], paint: Paint): readonly string[] {
  const alike = groupedBy(places, ({ artifact: _, content: __, manifest: ___, ...rest }) => JSON.stringify(rest));
  return [...alike.values()].flatMap((same) => {
    const [{ channel, roles, generations, first, live }] = same;
    const now = live.length === 0 ? paint('dim', 'not live') : `${paint('green', 'live')} in ${manyNames(live)}`;
    const kept = generations.filter((number) => number > 0);
    const noun = kept.length === 1 ? 'generation' : 'generations';
    return [
      '',
      `${rolesText(roles)} of ${manyNames(same.map(({ artifact }) => artifact))} in channel ${plain(channel)}`,
      `  ${kept.length === 0 ? 'in no generation' : `${noun} ${rangesText(kept)}`}; ${now}`,
      ...firstLines(first).map((line) => `  ${line}`),
    ];
  });
}

function versionLines(versions: readonly WhoisVersion[]): readonly string[] {
  const alike = groupedBy(versions, ({ artifact: _, content: __, manifest: ___, ...rest }) => JSON.stringify(rest));
  return [...alike.values()].flatMap((same) => {
    const [{ version, roles, at, by, commit }] = same;
    return [
      '',
      `${rolesText(roles)} of ${manyNames(same.map(({ artifact }) => artifact))} in version ${plain(version)}`,
      `  claimed at ${plain(at)}${by === undefined ? '' : ` by ${plain(by)}`}`,
      ...(commit === undefined ? [] : [`  commit ${shortCommit(commit)}`]),
    ];
  });
}

/** As text with a final newline. */
export function whoisText(found: Whois, paint: Paint = painter(false)): string {
  const { digest, places, versions, stores, warnings } = found;
  const errors = Object.entries(stores).flatMap(([name, { error }]) =>
    error === undefined ? [] : [`${plain(name)}: ${errorText(error, { paint }).trimEnd()}`],
  );
  const notes = [...errors, ...warningLines(warnings, paint)];
  const lines = [digest, ...placeLines(places, paint), ...versionLines(versions)];
  return `${[...lines, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n')}\n`;
}

/** As JSON, indented by two, with a final newline. */
export function whoisJson(found: Whois): string {
  return `${JSON.stringify(found, null, 2)}\n`;
}
