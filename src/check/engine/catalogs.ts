/** Which kinds an artifact's objects can be of: those of its targets, of the CRDs that are given, and of its release. */
import { SlipwayError } from '../../errors.ts';
import type { Rendered } from '../../model.ts';
import { objectsOf } from '../object.ts';
import { type Catalog, openCatalog } from '../schema/catalog.ts';
import { isCrd } from '../schema/crd.ts';
import { type DocumentMemory, readDocuments } from '../yaml/documents.ts';
import type { CheckOptions, CrdFile } from './options.ts';
import { crdsIn } from './read.ts';

/** A catalog, and the CRDs that were added to it in this order. */
export interface OpenedCatalog {
  readonly catalog: Catalog;
  readonly crds: readonly unknown[];
}

/** The catalog of an artifact; artifacts that bring the same CRDs have the same catalog. */
export type Catalogs = (rendered: Rendered) => OpenedCatalog;

/** A document that is a CRD, or the CRDs in it: `kubectl get crd` writes several as one list. */
const crdsOf = (value: unknown): readonly unknown[] =>
  isCrd(value)
    ? [value]
    : objectsOf(value)
        .objects.map(({ object }) => object.value)
        .filter(isCrd);

/** CRDs of a file that the config names. Throws `CONFIG` for a file that cannot be read. */
function given({ file, text }: CrdFile, memory: DocumentMemory): readonly unknown[] {
  const { documents, findings } = readDocuments(text, { artifact: '', file }, memory);
  const [unreadable] = findings.filter(({ severity }) => severity === 'error');
  if (unreadable !== undefined) {
    const { line = 1, message, hint } = unreadable;
    throw new SlipwayError('CONFIG', `Cannot read CRDs from ${file}:${line}: ${message}`, { hint });
  }
  return documents.flatMap(({ value }) => crdsOf(value));
}

/**
 * Opens the catalogs of a run. An artifact's own CRDs win over those of its neighbours, and these over the given ones.
 * Throws `CONFIG` for an unknown version, and for given CRDs that are wrong.
 */
export function openCatalogs(all: readonly Rendered[], options: CheckOptions, memory: DocumentMemory): Catalogs {
  const brought = new Map(all.map((rendered) => [rendered, crdsIn(rendered, memory)]));
  // Many clusters bring the same CRDs: each is read once, and sets of them are compared by number.
  const shared = new Map([...brought.values()].flat().map((crd) => [crd.text, crd.value]));
  const numbers = new Map([...shared.keys()].map((text, index) => [text, index]));
  const configured = options.crds.map((file) => ({ file: file.file, crds: given(file, memory) }));
  const opened = new Map<string, OpenedCatalog>();
  const open = (own: readonly unknown[]): OpenedCatalog => {
    const catalog = openCatalog(options.targets);
    for (const { file, crds } of configured) {
      const [problem] = catalog.add(crds);
      if (problem !== undefined) throw wrongCrd(file, problem.crd, problem.message);
    }
    // What is wrong with CRDs of the release is a finding of theirs.
    const released = [...shared.values(), ...own];
    catalog.add(released);
    return { catalog, crds: [...configured.flatMap(({ crds }) => crds), ...released] };
  };
  return (rendered) => {
    const crds = brought.get(rendered) ?? [];
    const key = crds.map(({ text }) => numbers.get(text)).join();
    const catalog = opened.get(key) ?? open(crds.map(({ value }) => value));
    opened.set(key, catalog);
    return catalog;
  };
}

function wrongCrd(file: string, crd: string, message: string): SlipwayError {
  return new SlipwayError('CONFIG', `Cannot use CRD "${crd}" of "${file}": ${message}`, {
    hint: 'correct the file, or take it out of check.crds',
  });
}
