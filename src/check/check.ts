/** Rendered objects → findings. Pure: programs and registries are asked through what the options lend. */
import { throwIfInterrupted } from '../errors.ts';
import type { Checked, Rendered } from '../model.ts';
import { checkAgainst } from './against/check-against.ts';
import { type OpenedCatalog, openCatalogs } from './engine/catalogs.ts';
import { type ExaminedDocument, Examiner } from './engine/examine.ts';
import { Findings, settingsOf } from './engine/findings.ts';
import { lookAhead } from './engine/look-ahead.ts';
import type { CheckOptions, CrdFile } from './engine/options.ts';
import { readFiles } from './engine/read.ts';
import { ARTIFACT_CHECKS, RELEASE_CHECKS, RULES } from './engine/registry.ts';
import { checkImages } from './images/exist.ts';
import { runPolicies } from './policy/run-policies.ts';
import { brokenSources } from './rendering/check-failure.ts';
import type { ArtifactView, PlacedObject, ReleaseReport } from './view.ts';
import { DocumentMemory, type ManifestDocument } from './yaml/documents.ts';

export type { CheckOptions, CrdFile };

/**
 * Checks the artifacts of a run, each alone and all together. Findings are data: nothing is thrown for what the manifests
 * say. Throws `CONFIG` for an unknown version and for CRDs of the config that are wrong.
 */
export async function check(all: readonly Rendered[], options: CheckOptions): Promise<readonly Checked[]> {
  const memory = new DocumentMemory();
  const catalogs = openCatalogs(all, options, memory);
  const settings = settingsOf(RULES, options.rules);
  const examiners = new Map<OpenedCatalog, Examiner>();
  const subjects = all.map((rendered) => {
    const catalog = catalogs(rendered);
    const examiner = examiners.get(catalog) ?? new Examiner({ ...options, catalog: catalog.catalog });
    examiners.set(catalog, examiner);
    return { rendered, catalog, examiner, findings: new Findings(rendered, settings, memory) };
  });
  await lookAhead(subjects, memory, options);
  const findingsOf = new Map<ArtifactView, Findings>();
  for (const { rendered, examiner, findings } of subjects) {
    throwIfInterrupted(options.signal);
    const view = {
      artifact: rendered.artifact,
      files: rendered.files,
      objects: look(rendered, findings, examiner, memory),
      rendered,
    };
    findingsOf.set(view, findings);
    for (const lookAt of ARTIFACT_CHECKS) lookAt(view, options, (breach, where) => findings.add(breach, where));
  }
  const views = [...findingsOf.keys()];
  const report: ReleaseReport = (view, breach, where) => findingsOf.get(view)?.add(breach, where);
  // What seems to be missing may be in an artifact that could not be rendered.
  const complete = all.every(({ failure }) => failure === undefined);
  for (const lookAt of complete ? RELEASE_CHECKS : []) lookAt(views, options, report);
  for (const view of views) {
    const before = options.published?.(view.artifact.name);
    if (before !== undefined) checkAgainst(view, before, memory, (breach, where) => report(view, breach, where));
  }
  if (options.imageExists !== undefined) await checkImages(views, options.imageExists, report);
  await runPolicies(views, options, report);
  return subjects.map(({ rendered, findings }) => ({ ...rendered, findings: findings.sorted() }));
}

/** Looks at an artifact's documents one by one; answers the objects in them. */
function look(
  rendered: Rendered,
  findings: Findings,
  examiner: Examiner,
  memory: DocumentMemory,
): readonly PlacedObject[] {
  const objects: PlacedObject[] = [];
  for (const finding of brokenSources(rendered, memory)) findings.addRead(finding);
  for (const file of readFiles(rendered, memory)) {
    for (const finding of file.findings) findings.addRead(finding);
    if (!file.manifests) continue;
    for (const document of file.documents) {
      objects.push(...place(document, examiner.examine(document), findings));
    }
  }
  return objects;
}

function place(document: ManifestDocument, examined: ExaminedDocument, findings: Findings): readonly PlacedObject[] {
  const { file, line, text } = document;
  for (const breach of examined.breaches) findings.add(breach, { file, ...document.locate(breach.field ?? []) });
  return examined.objects.map(({ facts, at, breaches }) => {
    const object: PlacedObject = { facts, at, document: { file, line, text } };
    for (const breach of breaches) findings.add(breach, object);
    return object;
  });
}
