/** What `slipway verify` found, for people. Programs get the same as JSON. */
import type {
  ChainLink,
  Evidence,
  Failure,
  ProvedBy,
  Rebuilt,
  Verdict,
  Verification,
  VerifiedArtifact,
} from '../model.ts';
import { errorText } from './error.ts';
import { type Colour, type Paint, painter } from './paint.ts';
import { plain } from './plain.ts';
import { counted, shortDigest, table } from './table.ts';

const COLOURS: Readonly<Record<Verdict, Colour>> = { trusted: 'green', untrusted: 'red', unreadable: 'yellow' };

/** An artifact with the reference that led to it. */
interface Row {
  readonly reference: string;
  readonly one: VerifiedArtifact;
}

/** Label and value; several values stand below one another. */
type Field = readonly [label: string, ...values: readonly string[]];

const MIDDLE: Readonly<Record<ChainLink['what'], string>> = {
  record: '',
  claim: 'version ',
  tag: 'tag ',
  object: '',
  file: 'file ',
  manifest: 'manifest',
  content: 'content',
};

function linkText({ what, shown, digest }: ChainLink): string {
  return `${MIDDLE[what]}${plain(shown)}${digest === undefined ? '' : ` ${digest}`}`;
}

const chainLines = (chain: readonly ChainLink[]): readonly string[] =>
  chain.map((link, index) => `${index === 0 ? '' : '-> '}${linkText(link)}`);

function signerText(signer: ProvedBy, short: boolean): string {
  if (signer.kind === 'key') return `key ${short ? shortDigest(signer.fingerprint) : signer.fingerprint}`;
  return short ? plain(signer.identity) : `${plain(signer.identity)} (issuer ${plain(signer.issuer)})`;
}

function sourceText({ source, commit }: NonNullable<Evidence['provenance']>): string | undefined {
  if (source === undefined) return commit === undefined ? undefined : `commit ${plain(commit)}`;
  return commit === undefined ? plain(source) : `${plain(source)}, commit ${plain(commit)}`;
}

function evidenceFields({ signer, log, time, provenance = {}, ...evidence }: Evidence): readonly Field[] {
  const { run, builder } = provenance;
  const checked = new Set(evidence.checked.map(({ what, detail }) => `${what}: ${plain(detail)}`));
  const fields: readonly (readonly [string, ...(readonly (string | undefined)[])])[] = [
    ['signer', signerText(signer, false)],
    ['log', log && `entry ${plain(log.index)} of ${plain(log.url)}`],
    ['time', time],
    ['source', sourceText(provenance)],
    ['run', run && plain(run)],
    ['builder', builder && plain(builder)],
    ['checked', ...checked],
    ['note', ...evidence.notes.map(plain)],
    ['warning', ...evidence.warnings.map(plain)],
  ];
  return fields.map(([label, ...values]) => [label, ...values.filter((value) => value !== undefined)]);
}

function rebuildField({ equal, digest }: Rebuilt): Field {
  if (equal) return ['rebuild', 'equal: the checkout makes the same content'];
  return ['rebuild', digest === undefined ? 'not built' : `different: the checkout makes ${digest}`];
}

/** Messages quote what others wrote into stores; lines stay, what else moves a cursor does not. */
function calm({ code, message, hint }: Failure): Failure {
  const text = message.replace(/[^\P{Cc}\n]/gu, '\uFFFD');
  return { code, message: text, ...(hint === undefined ? {} : { hint }) };
}

/** References name one store, channels have several. */
const isChannel = (reference: string): boolean => !/[:/\\]|\.ya?ml$/.test(reference);

/** An artifact with everything that is known about it. */
function detail({ reference, one }: Row, paint: Paint): readonly string[] {
  const { verdict, artifact, store, chain, evidence, rebuild, error } = one;
  const place = store !== '' && isChannel(reference) ? [plain(store)] : [];
  const fields: readonly Field[] = [
    ['artifact', ...(artifact === undefined ? [] : [plain(artifact)])],
    ['store', ...place],
    ['shows', ...chainLines(chain)],
    ...(evidence === undefined ? [] : evidenceFields(evidence)),
    ...(rebuild === undefined ? [] : [rebuildField(rebuild)]),
  ];
  const rows = fields.flatMap(([label, ...values]) => values.map((value, index) => [index === 0 ? label : '', value]));
  const errors = [error, rebuild?.error].flatMap((failure) =>
    failure === undefined ? [] : [errorText(calm(failure), { paint }).trimEnd()],
  );
  return [
    `${paint(COLOURS[verdict], verdict)}: ${plain(reference)}`,
    ...table(rows).map((line) => `  ${line}`),
    ...errors,
  ];
}

/** The content where it is known, else the last digest of the way there. */
const digestIn = (chain: readonly ChainLink[]): string =>
  shortDigest(chain.findLast(({ digest }) => digest !== undefined)?.digest ?? '');

function line({ reference, one }: Row): readonly string[] {
  const { verdict, artifact = '', store, chain, evidence } = one;
  const where = isChannel(reference) ? `${plain(reference)} in ${store}` : plain(reference);
  const signer = evidence === undefined ? '' : signerText(evidence.signer, true);
  return [verdict, plain(artifact), digestIn(chain), where, signer];
}

/** Each warning once, with how many artifacts it is about. */
function warningLines(rows: readonly Row[], paint: Paint): readonly string[] {
  const counts = new Map<string, number>();
  for (const warning of rows.flatMap(({ one }) => one.evidence?.warnings ?? [])) {
    counts.set(warning, (counts.get(warning) ?? 0) + 1);
  }
  return [...counts].map(
    ([warning, count]) => `${paint('yellow', 'warning')} (${counted(count, 'artifact')}): ${plain(warning)}`,
  );
}

const isFine = ({ one }: Row): boolean => one.verdict === 'trusted' && one.rebuild?.equal !== false;

function rowsOf({ references }: Verification): readonly Row[] {
  return references.flatMap(({ reference, verdict, artifacts, error }): readonly Row[] =>
    artifacts.length > 0
      ? artifacts.map((one) => ({ reference, one }))
      : [{ reference, one: { store: '', verdict, chain: [], ...(error === undefined ? {} : { error }) } }],
  );
}

/** As text with a final newline: details of a single artifact and of each that is not fine, a line for each other one. */
export function verifiedText(verification: Verification, paint: Paint = painter(false)): string {
  const rows = rowsOf(verification);
  if (rows.length === 1) return `${rows.flatMap((row) => detail(row, paint)).join('\n')}\n`;
  const fine = rows.filter(isFine);
  const blocks = [
    fine.length === 0 ? [] : table([['VERDICT', 'ARTIFACT', 'CONTENT', 'WHERE', 'SIGNER'], ...fine.map(line)]),
    warningLines(fine, paint),
    ...rows.filter((row) => !isFine(row)).map((row) => detail(row, paint)),
    [countsText(verification)],
  ];
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function countsText({ counts, references }: Verification): string {
  const different = references.flatMap(({ artifacts }) => artifacts.filter(({ rebuild }) => rebuild?.equal === false));
  const words = (['trusted', 'untrusted', 'unreadable'] as const).flatMap((verdict) =>
    counts[verdict] === 0 ? [] : [`${counts[verdict]} ${verdict}`],
  );
  return [...words, ...(different.length === 0 ? [] : [`${different.length} built differently`])].join(', ');
}

/** As JSON, indented by two, with a final newline. */
export function verifiedJson(verification: Verification): string {
  return `${JSON.stringify(verification, null, 2)}\n`;
}
