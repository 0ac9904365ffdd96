/** Step 8: what a run prints. Every store and every artifact is accounted for. */
import { SlipwayError } from '../errors.ts';
import type {
  ArtifactReceipt,
  ArtifactStoreReceipt,
  Difference,
  DifferenceDocument,
  Entry,
  Failure,
  Outcome,
  ProvedReceipt,
  Receipt,
  ReleaseRecord,
  RequestCount,
  StoreReceipt,
} from '../model.ts';
import { revisionOf } from './manifest.ts';
import { needlessPhrases } from './phrases.ts';
import type { Decided, Site } from './release.ts';
import { namesOf } from './revisions.ts';

/** What the receipt takes from outside the protocol. */
export interface ReceiptFacts {
  readonly requests: Readonly<Record<string, RequestCount>>;
  /** Seconds by stage, and `total`. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly dryRun: boolean;
  /** Whether the receipt says what changes: in a dry run, and where no build says it. */
  readonly tells?: boolean;
}

/** An error as data. */
export function failureOf(error: SlipwayError): Failure {
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}

/** Reads a value that a failed or differently laid out store cannot tell. */
function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function storeReceipt(site: Site, round: Decided): StoreReceipt {
  const ahead = site.state === 'current' && round.target !== undefined && round.end === undefined;
  const generation = ahead ? (round.target?.generation ?? 0) : (site.newest?.generation ?? 0);
  const { state, store, error } = site;
  return { state, lock: store.lock, url: store.url, generation, ...(error && { error: failureOf(error) }) };
}

function artifactAt(site: Site, entry: Entry, round: Decided, dryRun: boolean): ArtifactStoreReceipt {
  const { space } = namesOf(round);
  const predicted = orEmpty(() => site.store.names.fluxRevision(space, entry));
  const wanted = site.wants.some((want) => want.name === entry.name);
  const fine = site.repaired.has(entry.name) ? 'repaired' : wanted ? 'current' : 'unchanged';
  const behind = site.state === 'failed' ? 'failed' : 'lagging';
  return {
    state: site.state === 'current' && round.end === undefined ? fine : behind,
    reference: orEmpty(() => site.store.names.reference(space, entry)),
    // A dry run has only listed what it would have written, by ETags of its own.
    fluxRevision: dryRun ? predicted : (site.revisions.get(entry.name) ?? predicted),
    ...(site.error && { error: failureOf(site.error) }),
  };
}

function artifactReceipt(entry: Entry, round: Decided, dryRun: boolean): ArtifactReceipt {
  return {
    name: entry.name,
    changed: round.changed.has(entry.name),
    digest: entry.content,
    manifest: entry.manifest,
    size: entry.size,
    resources: entry.resources,
    ...(entry.orphan && { orphan: true }),
    proofs: entry.proofs,
    stores: Object.fromEntries(round.sites.map((site) => [site.store.name, artifactAt(site, entry, round, dryRun)])),
  };
}

/** What was proved, or in a dry run would be: by kind and signer. */
function provedIn({ subjects }: Decided): readonly ProvedReceipt[] {
  const found = new Map<string, ProvedReceipt>();
  for (const { kind, signer } of subjects.flatMap(({ lacks }) => lacks)) {
    const key = `${kind} ${signer}`;
    found.set(key, { kind, signer, artifacts: (found.get(key)?.artifacts ?? 0) + 1 });
  }
  return [...found.values()];
}

/** Fewer stores show the release than the quorum asks: recorded, but not done. */
function unfinished({ plan, sites }: Decided): SlipwayError | undefined {
  const current = sites.filter(({ state }) => state === 'current').length;
  if (current >= plan.quorum) return undefined;
  const behind = sites.filter(({ state }) => state !== 'current').map(({ store }) => `"${store.name}"`);
  const message = `Recorded, but only ${current} of ${sites.length} stores show it: ${behind.join(', ')} behind`;
  const failed = sites.find(({ error }) => error !== undefined)?.error;
  const hint = 'run the same command again when the stores are back: it completes them';
  return new SlipwayError('QUORUM', failed === undefined ? message : `${message}: ${failed.message}`, {
    hint,
    cause: failed,
  });
}

function outcomeOf(round: Decided, error: SlipwayError | undefined, dryRun: boolean): Outcome {
  if (round.end !== undefined) return round.end.outcome;
  if (error !== undefined) return 'failed';
  if (dryRun) return 'planned';
  const healed = round.sites.some(({ state, wants }) => state === 'current' && wants.length > 0);
  return round.outcome === 'healed' && !healed ? 'unchanged' : round.outcome;
}

const exact = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** A difference as answers, plans and gates hold it. Whole numbers that a number cannot hold become texts: JSON knows no others. */
export function documentOf({ counts, artifacts, sets, common }: Difference): DifferenceDocument {
  const document: DifferenceDocument = {
    ...{ schema: 1, counts },
    artifacts: artifacts.map(({ name, state, objects }) => ({ name, state, objects })),
    ...{ sets, common },
  };
  return JSON.parse(JSON.stringify(document, exact)) as DifferenceDocument;
}

/** What kind of change the run made, or would make. */
function changeOf({ line }: Decided, { kind, from, frozen, artifacts }: ReleaseRecord): Partial<Receipt> {
  const left = new Set(artifacts.map(({ name }) => name));
  const gone = (line.newest?.artifacts ?? []).flatMap(({ name }) => (left.has(name) ? [] : [name]));
  return {
    kind,
    ...(from && { from }),
    ...(kind === 'freeze' && frozen && { frozen }),
    ...(gone.length > 0 && { retired: gone }),
  };
}

/** What works, but not for every reader, and what nobody can tell or nobody needed to say. */
function warningsOf({ plan, sites, weighed, fresh, end, warnings: ofRound }: Decided): readonly string[] {
  const needless = fresh && end === undefined ? needlessPhrases(plan) : [];
  return [
    ...ofRound,
    ...sites.flatMap(({ store, warnings }) =>
      [...store.cautions(), ...warnings].map((text) => `Store "${store.name}": ${text}`),
    ),
    ...(weighed?.lost ?? []).map(
      (name) => `Nobody can tell what changes in "${name}": no store holds its content whole any more`,
    ),
    ...needless.map((phrase) => `Nothing needed --allow ${phrase}`),
  ];
}

/** The receipt of a finished round. */
export function receiptOf(round: Decided, facts: ReceiptFacts): Receipt {
  const { plan, target, claim } = round;
  const error = round.end?.error ?? (round.end === undefined ? unfinished(round) : undefined);
  const entries = target?.artifacts ?? claim?.artifacts ?? [];
  const revision = revisionOf(plan.provenance);
  const recorded = round.end === undefined ? target : round.line.newest;
  return {
    schema: 1,
    outcome: outcomeOf(round, error, facts.dryRun),
    project: plan.project,
    ...(plan.channel === undefined ? {} : { channel: plan.channel }),
    ...(plan.version === undefined ? {} : { version: plan.version }),
    ...(round.fresh && target !== undefined && changeOf(round, target)),
    generation: recorded?.generation ?? 0,
    ...(revision === undefined ? {} : { revision }),
    ...(recorded === undefined ? {} : { record: recorded.run }),
    stores: Object.fromEntries(round.sites.map((site) => [site.store.name, storeReceipt(site, round)])),
    artifacts: entries.map((entry) => artifactReceipt(entry, round, facts.dryRun)),
    findings: round.packed.flatMap(({ findings }) => findings),
    proved: provedIn(round),
    warnings: warningsOf(round),
    ...(facts.tells && round.weighed && { difference: documentOf(round.weighed.difference) }),
    refusals: round.weighed?.refusals ?? [],
    requests: facts.requests,
    seconds: facts.seconds,
    ...(error && { error: failureOf(error) }),
  };
}
