/** Documents are looked at by several threads: what is asked of a helper, and how it answers. */
import type { Tenant } from '../../model.ts';
import { openCatalog, type Targets } from '../schema/catalog.ts';
import { type Known, knownOf } from '../yaml/known.ts';
import { read } from '../yaml/reading.ts';
import { type ExaminedDocument, Examiner } from './examine.ts';
import type { Thread } from './options.ts';

/** What a helper knows of the run. All of this is plain data, which passes from thread to thread. */
export interface Briefing {
  readonly targets: Targets;
  readonly tenants: readonly Tenant[];
  /** The CRDs of each catalog, in the order they are added in. */
  readonly catalogs: readonly (readonly unknown[])[];
}

/** Texts of documents, and the number of their catalog. */
export interface Portion {
  readonly catalog: number;
  readonly texts: readonly string[];
}

/** What a document says and holds; `examined` is undefined when it says nothing. */
export interface Looked {
  readonly known: Known;
  readonly examined: ExaminedDocument | undefined;
}

/** Looks at documents beside us. */
export interface Helper {
  /** What the documents say and hold, in their order. Rejects when its thread fails. */
  readonly look: (portion: Portion) => Promise<readonly Looked[]>;
  readonly end: () => Promise<void>;
}

/** The helper that a thread becomes by its briefing. */
export function helperOf({ ask, end }: Thread, briefing: Briefing): Helper {
  const briefed = ask(briefing);
  // Looking is what fails.
  briefed.catch(() => undefined);
  return {
    async look(portion) {
      await briefed;
      return (await ask(portion)) as readonly Looked[];
    },
    end,
  };
}

/** What the thread of a helper does: for a briefing, the answers to portions. */
export function helping({ targets, tenants, catalogs }: Briefing): (portion: Portion) => readonly Looked[] {
  const examiners = catalogs.map((crds) => {
    const catalog = openCatalog(targets);
    catalog.add(crds);
    return new Examiner({ targets, tenants, catalog });
  });
  return ({ catalog, texts }) => {
    const examiner = examiners[catalog];
    if (examiner === undefined) throw new Error(`There is no catalog ${catalog}`);
    return texts.map((text) => lookAt(text, examiner));
  };
}

function lookAt(text: string, examiner: Examiner): Looked {
  const reading = read(text);
  const { value } = reading;
  return { known: knownOf(reading), examined: value === undefined ? undefined : examiner.lookAt(value) };
}
