/** A receipt for people. Programs get the receipt itself, as JSON. */
import type { ArtifactReceipt, Outcome, ProofKind, Receipt } from '../model.ts';
import { changeLines, changeText } from './changes.ts';
import { errorText } from './error.ts';
import { checkedArtifacts } from './findings.ts';
import { findingsLines } from './findings-text.ts';
import { type Colour, type Paint, painter } from './paint.ts';
import { refusalLines } from './refusals.ts';
import { counted, shortDigest, sizeText, table } from './table.ts';

/** Lines of artifacts before the rest becomes a count. */
const LISTED = 20;
/** Lines of what the clusters see change; slipway diff has all of it. */
const CHANGES = 40;
/** Up to this many artifacts the references are worth their lines. */
const WITH_REFERENCES = 5;

const COLOURS: Readonly<Record<Outcome, Colour>> = {
  published: 'green',
  unchanged: 'green',
  healed: 'green',
  superseded: 'yellow',
  planned: 'yellow',
  refused: 'red',
  failed: 'red',
};

/** What the outcome means, for those who see it first. */
const MEANINGS: Readonly<Record<Outcome, string>> = {
  published: 'the channel shows this release',
  unchanged: 'stores hold this content already, no name moved',
  healed: 'stores that lagged show the newest release again',
  superseded: 'a newer commit was published before, no name moved',
  planned: 'nothing was written',
  refused: 'nothing was named',
  failed: 'see the stores below; run the same command again to complete',
};

/** Failures that another run may not meet any more. */
const PASSING: ReadonlySet<string> = new Set(['NETWORK', 'TLS', 'AUTH', 'DENIED', 'RATE_LIMITED', 'STORE', 'QUORUM']);

const meaningOf = ({ outcome, error }: Receipt): string =>
  outcome === 'failed' && error !== undefined && !PASSING.has(error.code)
    ? 'nothing more was named, the error says why'
    : MEANINGS[outcome];

function heading(receipt: Receipt, paint: Paint): string[] {
  const { outcome, channel, version, generation, revision } = receipt;
  const names = [
    ...(channel === undefined ? [] : [`channel ${channel}, generation ${generation}`]),
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(revision === undefined ? [] : [revision]),
  ];
  const versionOnly = outcome === 'published' && channel === undefined;
  const done = outcome === 'published' ? changeText(receipt, false) : undefined;
  const planned = outcome === 'planned' ? changeText(receipt, true) : undefined;
  const told = done ?? (planned && `${planned}; ${MEANINGS.planned}`);
  const meaning = versionOnly ? 'the version names this release, for good' : (told ?? meaningOf(receipt));
  return [`${paint(COLOURS[outcome], outcome)}: ${meaning}`, ...names.map((name) => `  ${name}`)];
}

function storeLines({ stores }: Receipt, paint: Paint): string[] {
  const entries = Object.entries(stores);
  if (entries.length === 0) return [];
  const rows = entries.map(([name, { state, generation, lock, url }]) => [
    name,
    state,
    String(generation),
    lock,
    name === url ? '' : url,
  ]);
  const lines = table([['STORE', 'STATE', 'GENERATION', 'LOCK', ''], ...rows]);
  const errors = entries.flatMap(([name, { error }]) =>
    error === undefined ? [] : [`${name}: ${errorText(error, { paint }).trimEnd()}`],
  );
  return ['', ...lines, ...errors];
}

/** What became of an artifact, in a word; `unchanged` is no news. */
export type ArtifactWord = (artifact: ArtifactReceipt) => string;

const published: ArtifactWord = ({ orphan, changed }) => (orphan ? 'orphan' : changed ? 'changed' : 'unchanged');

/** Changed ones and orphans are news; the others are only counted when there are many. */
function artifactLines({ artifacts, channel }: Receipt, word: ArtifactWord): string[] {
  if (artifacts.length === 0) return [];
  const news = artifacts.length <= LISTED ? artifacts : artifacts.filter((artifact) => word(artifact) !== 'unchanged');
  const shown = news.slice(0, LISTED);
  const rows = shown.map((artifact) => [
    artifact.name,
    channel === undefined ? '' : word(artifact),
    shortDigest(artifact.digest),
    sizeText(artifact.size),
    artifact.resources === 0 ? '' : counted(artifact.resources, 'object'),
  ]);
  const more = news.length > shown.length ? [`… and ${news.length - shown.length} more changed`] : [];
  const rest = artifacts.length > news.length ? [`${artifacts.length - news.length} unchanged`] : [];
  const lines = rows.length === 0 ? [] : table([['ARTIFACT', '', 'CONTENT', 'SIZE', ''], ...rows]);
  return ['', ...lines, ...more, ...rest, ...referenceLines(shown.length === artifacts.length ? shown : [])];
}

function referenceLines(artifacts: readonly ArtifactReceipt[]): string[] {
  if (artifacts.length > WITH_REFERENCES) return [];
  const rows = artifacts.flatMap(({ name, stores }) =>
    Object.values(stores).flatMap(({ reference, state }) =>
      reference === '' || state === 'failed' ? [] : [[name, reference]],
    ),
  );
  return rows.length === 0 ? [] : ['', ...table([['ARTIFACT', 'REFERENCE'], ...rows])];
}

/** What the checks found. */
export function findingsOf({ findings, artifacts }: Receipt, paint: Paint): string[] {
  const lines = findingsLines({ artifacts: checkedArtifacts(artifacts), findings }, paint);
  return lines.length === 0 ? [] : ['', ...lines];
}

const PROOFS: Readonly<Record<ProofKind, string>> = {
  bundle: 'Sigstore bundle, one for all',
  views: 'Sigstore bundle over bucket objects, one for all',
  signature: 'cosign signature (.sig) each',
  notation: 'Notation signature each',
};

/** What was proved, or would be, and warnings. */
export function proofLines({ proved, warnings, outcome }: Receipt, paint: Paint): string[] {
  const rows = proved.map(({ kind, artifacts, signer }) => {
    // What a public log takes it keeps for ever, and some count how much one may send.
    const logged = kind === 'signature' && signer.startsWith('keyless:') ? ', and as many log entries' : '';
    return [`${PROOFS[kind]}${logged}`, counted(artifacts, 'artifact'), signer];
  });
  const heading = [outcome === 'planned' ? 'WOULD BE PROVED BY' : 'PROVED BY', '', 'SIGNER'];
  return [
    ...(rows.length === 0 ? [] : ['', ...table([heading, ...rows])]),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((text) => `${paint('yellow', 'warning')}: ${text}`)]),
  ];
}

function costLines({ requests, seconds }: Receipt): string[] {
  const rows = Object.entries(requests).map(
    ([store, { reads, writes }]) => `${store} ${counted(reads, 'read')}, ${counted(writes, 'write')}`,
  );
  const total = seconds.total === undefined ? [] : [`${seconds.total.toFixed(1)} s`];
  return rows.length + total.length === 0 ? [] : ['', [...total, ...rows].join('; ')];
}

/** Freezing changes nothing that a cluster sees. */
const isTelling = ({ difference }: Receipt): boolean =>
  difference?.artifacts.some(({ state }) => state !== 'unchanged') === true;

/** A receipt as text with a final newline: outcome, stores, artifacts (at most 20), findings, requests, seconds. */
export function receiptText(receipt: Receipt, paint: Paint = painter(false), word: ArtifactWord = published): string {
  const lines = [
    ...heading(receipt, paint),
    ...storeLines(receipt, paint),
    ...artifactLines(receipt, word),
    ...(isTelling(receipt) ? changeLines(receipt, paint, CHANGES) : []),
    ...proofLines(receipt, paint),
    // The error of a refused run says them itself.
    ...(receipt.outcome === 'refused' ? [] : refusalLines(receipt.refusals, paint)),
    ...findingsOf(receipt, paint),
    ...costLines(receipt),
  ];
  return `${lines.join('\n')}\n`;
}

/** A receipt as JSON, indented by two, with a final newline. */
export function receiptJson(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}
