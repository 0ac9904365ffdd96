/** Many different documents are looked at by several threads, before everything is looked at in its order. */
import { setImmediate as breathe } from 'node:timers/promises';
import { throwIfInterrupted } from '../../errors.ts';
import type { Rendered } from '../../model.ts';
import { roleOf } from '../flux/roles.ts';
import type { DocumentMemory } from '../yaml/documents.ts';
import type { OpenedCatalog } from './catalogs.ts';
import type { Examiner } from './examine.ts';
import { type Helper, helperOf, type Portion } from './helper.ts';
import type { CheckOptions } from './options.ts';
import { slicesIn } from './read.ts';

/** Different documents below which a thread costs more than it saves. */
const WORTH_A_THREAD = 2_000;
/** Characters that are looked at in one go. */
const PORTION = 50_000;
/** Portions that a helper has at a time: it must not wait for the next. */
const IN_FLIGHT = 2;

/** An artifact with what its documents are looked at with. */
export interface Subject {
  readonly rendered: Rendered;
  readonly catalog: OpenedCatalog;
  readonly examiner: Examiner;
}

/** Fills the memories of reading and looking. Without many documents, and without helpers, there is nothing to do. */
export async function lookAhead(
  subjects: readonly Subject[],
  memory: DocumentMemory,
  { targets, tenants, openThreads, signal }: CheckOptions,
): Promise<void> {
  if (openThreads === undefined) return;
  const catalogs = [...new Set(subjects.map(({ catalog }) => catalog))];
  const examiners = catalogs.map((catalog) => subjects.find((subject) => subject.catalog === catalog)?.examiner);
  const portions = portionsOf(subjects, catalogs);
  if (portions === undefined) return;
  const briefing = { targets, tenants, catalogs: catalogs.map(({ crds }) => crds) };
  const helpers = openThreads().map((thread) => helperOf(thread, briefing));
  const next = portions.values();
  const help = async (helper: Helper): Promise<void> => {
    for (const portion of next) {
      const looked = await helper.look(portion).catch(() => []);
      // A helper that fails leaves its portion to us: what is wrong with it shows when we look ourselves.
      if (looked.length === 0) return;
      for (const [index, { known, examined }] of looked.entries()) {
        const text = portion.texts[index] ?? '';
        memory.learn(text, known);
        if (examined !== undefined) examiners[portion.catalog]?.learn(text, examined);
      }
    }
  };
  const lookOurselves = async (): Promise<void> => {
    for (const { catalog, texts } of next) {
      throwIfInterrupted(signal);
      const examiner = examiners[catalog];
      for (const text of texts) memory.recall(text, (value) => examiner?.learn(text, examiner.lookAt(value)));
      // Helpers are answered in between.
      await breathe();
    }
  };
  try {
    const helped = helpers.flatMap((helper) => Array.from({ length: IN_FLIGHT }, () => help(helper)));
    await Promise.all([...helped, ...(helpers.length === 0 ? [] : [lookOurselves()])]);
  } finally {
    await Promise.all(helpers.map((helper) => helper.end()));
  }
}

/** The different documents in portions; undefined when they are too few. */
function portionsOf(subjects: readonly Subject[], catalogs: readonly OpenedCatalog[]): readonly Portion[] | undefined {
  const texts = catalogs.map(() => new Set<string>());
  for (const { rendered, catalog } of subjects) {
    const seen = texts[catalogs.indexOf(catalog)];
    for (const text of documentsOf(rendered)) seen?.add(text);
  }
  if (texts.reduce((sum, { size }) => sum + size, 0) < WORTH_A_THREAD) return undefined;
  return texts.flatMap((different, catalog) =>
    inPortions([...different]).map((portion) => ({ catalog, texts: portion })),
  );
}

function* documentsOf({ artifact, files }: Rendered): Generator<string> {
  const role = roleOf(artifact, files);
  for (const file of files) {
    if (role(file.path) !== 'manifests') continue;
    for (const { text } of slicesIn(file).slices) yield text;
  }
}

function inPortions(texts: readonly string[]): readonly (readonly string[])[] {
  const portions: string[][] = [];
  let characters = PORTION;
  for (const text of texts) {
    if (characters >= PORTION) {
      portions.push([]);
      characters = 0;
    }
    portions.at(-1)?.push(text);
    characters += text.length;
  }
  return portions;
}
