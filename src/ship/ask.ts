/** Step 5a: change control. Everything lies in place and is verified; nothing is recorded or named before all gates agree. */
import { asSlipwayError, throwIfInterrupted } from '../errors.ts';
import type { Entry, GateAnswer, GateArtifact, GateQuestion, GateSide } from '../model.ts';
import { revisionOf } from './manifest.ts';
import { usedPhrases } from './phrases.ts';
import { documentOf } from './receipt.ts';
import { type Decided, endingOf } from './release.ts';

/** Somebody who is asked before a release goes on. */
export interface Gate {
  readonly name: string;
  /** Throws `REFUSED` for a no, and for no answer; `INTERRUPTED`. */
  ask(question: GateQuestion): Promise<GateAnswer>;
}

/** What the answer hangs on: what changes and who said so, not the place in the channel, nor what others have changed there. */
function subjectOf({ channel, version, kind, from, wave, artifacts, refusals, allowed }: GateQuestion): string {
  return JSON.stringify({ channel, version, kind, from, wave, artifacts, refusals, allowed });
}

/** Gates that are asked once about the same thing, for one run: who has agreed need not agree again after a lost race. */
export function askedOnce(gates: readonly Gate[]): readonly Gate[] {
  return gates.map((gate): Gate => {
    const agreed = new Map<string, GateAnswer>();
    return {
      name: gate.name,
      async ask(question) {
        const subject = subjectOf(question);
        const known = agreed.get(subject);
        if (known !== undefined) return known;
        const answer = await gate.ask(question);
        agreed.set(subject, answer);
        return answer;
      },
    };
  });
}

const sideOf = ({ content, manifest, commit }: Entry): GateSide => ({
  content,
  manifest,
  ...(commit !== undefined && { commit }),
});

/** Artifacts that have other content afterwards, come, or go. */
function moved(before: readonly Entry[], after: readonly Entry[]): readonly GateArtifact[] {
  const [old, young] = [before, after].map((side) => new Map(side.map((entry) => [entry.name, entry])));
  const names = [...new Set([...before, ...after].map(({ name }) => name))].sort();
  return names.flatMap((name): readonly GateArtifact[] => {
    const [one, other] = [old?.get(name), young?.get(name)];
    if (one?.manifest === other?.manifest) return [];
    return [{ name, ...(one && { before: sideOf(one) }), ...(other && { after: sideOf(other) }) }];
  });
}

/** What gates are asked about a round; undefined where it records nothing that changes any artifact. */
function questionOf({ plan, line, target, fresh, weighed }: Decided): GateQuestion | undefined {
  if (target === undefined || !fresh || weighed === undefined) return undefined;
  const artifacts = moved(line.newest?.artifacts ?? [], target.artifacts);
  if (artifacts.length === 0) return undefined;
  const { project, channel, kind, generation, at, source, by, pipeline, from, wave } = target;
  const revision = revisionOf(plan.provenance);
  return {
    ...{ schema: 1, project, channel, kind, generation, at, artifacts },
    ...(plan.version !== undefined && { version: plan.version }),
    ...(revision !== undefined && { revision }),
    ...(source !== undefined && { source }),
    ...(by !== undefined && { by }),
    ...(pipeline !== undefined && { pipeline }),
    ...(from && { from }),
    ...(wave && { wave }),
    difference: documentOf(weighed.difference),
    unknown: weighed.lost,
    refusals: weighed.refusals,
    allowed: target.allowed,
    stores: plan.stores.map(({ name, url }) => ({ name, url })),
  };
}

/** The record says what of `--allow` it needed; from here on nobody asks for more. */
function withPhrases(verified: Decided): Decided {
  const { plan, target, fresh } = verified;
  return target === undefined || !fresh ? verified : { ...verified, target: { ...target, allowed: usedPhrases(plan) } };
}

/** Asks all gates, in order. The answers come into the record; the first that does not agree ends the round. */
export async function ask(verified: Decided, gates: readonly Gate[] = []): Promise<Decided> {
  if (verified.end !== undefined || verified.lost) return verified;
  const told = withPhrases(verified);
  const { plan, target } = told;
  const question = gates.length === 0 ? undefined : questionOf(told);
  if (question === undefined || target === undefined) return told;
  const answers: GateAnswer[] = [];
  for (const gate of gates) {
    throwIfInterrupted(plan.signal);
    plan.progress?.({ stage: 'gate', store: gate.name, done: 0, total: 1 });
    try {
      answers.push(await gate.ask(question));
    } catch (thrown) {
      const error = asSlipwayError(thrown);
      if (error.code !== 'REFUSED') throw error;
      return { ...told, end: endingOf(error) };
    }
    plan.progress?.({ stage: 'gate', store: gate.name, done: 1, total: 1 });
  }
  return { ...told, target: { ...target, gates: answers } };
}
