/** Says why an artifact could not be rendered, and which line of its sources is the likely reason. */

import type { Finding, Rendered } from '../../model.ts';
import { textOfFile } from '../file-text.ts';
import type { ArtifactCheck } from '../view.ts';
import { type DocumentMemory, readDocuments } from '../yaml/documents.ts';

/** Reports what the renderer, or the look at the files before it, refused. */
export const checkFailure: ArtifactCheck = (view, _context, report) => {
  const { failure } = view.rendered;
  if (failure === undefined) return;
  const { message, hint } = failure;
  // Programs complain in lines; a finding is a sentence.
  const said = message.replace(/\s*\n\s*/g, '; ');
  report({ rule: 'render/failed', message: said, ...(hint !== undefined && { hint }) });
};

/** What is no YAML in the files that a renderer has failed on. The rest of them is judged as soon as they render. */
export function brokenSources({ artifact, failure }: Rendered, memory: DocumentMemory): readonly Finding[] {
  return (failure?.sources ?? []).flatMap((file) => {
    const { findings } = readDocuments(textOfFile(file), { artifact: artifact.name, file: file.path }, memory);
    return findings.filter(({ rule }) => rule === 'yaml/syntax');
  });
}
