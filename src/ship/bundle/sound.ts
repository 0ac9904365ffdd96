/** What a record or claim of a bundle has to be before anything is done with it: somebody may have written it by hand. */
import { isDigest } from '../../digest.ts';
import { firstLayer } from '../manifest.ts';
import { type Bundled, broken } from './format.ts';

type Test = (value: unknown) => boolean;
type Form = Readonly<Record<string, Test>>;

const KINDS: readonly unknown[] = ['bundle', 'views', 'signature', 'notation'];

const isText: Test = (value) => typeof value === 'string';
const isCount: Test = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isCommit: Test = (value) => typeof value === 'string' && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(value);
const isTime: Test = (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);
const isMd5: Test = (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);

/** The part of a value that does not fit its form; undefined where all of it does. */
function misfit(value: unknown, form: Form): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  const parts: Readonly<Record<string, unknown>> = { ...value };
  return Object.keys(form).find((key) => form[key]?.(parts[key]) !== true);
}

const is =
  (form: Form): Test =>
  (value) =>
    misfit(value, form) === undefined;

const isView = is({ digest: isDigest, md5: isMd5, size: isCount });

const ENTRY: Form = {
  ...{ name: isText, commit: optional(isCommit), commitTime: optional(isTime) },
  ...{ content: isDigest, manifest: isDigest, manifestMd5: optional(isMd5) },
  ...{ size: isCount, resources: isCount, since: isCount, orphan: optional((value) => value === true) },
  views: is({ object: optional(isView), tarball: isView }),
  proofs: listOf(
    is({ kind: (value) => KINDS.includes(value), digest: isDigest, size: isCount, signer: isText, at: isText }),
  ),
};

const DOCUMENT: Form = {
  run: (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value),
  ...{ at: isText, source: optional(isText), pipeline: optional(isText), runNumber: optional(isCount) },
  floor: optional(is({ commit: isCommit, time: isTime })),
  blocked: optional(listOf(isCommit)),
};

/** Throws `CORRUPT` for a document that has something else where other commands rely on what is there. */
export function checkSound(document: Bundled): void {
  const wrong = misfit(document, DOCUMENT);
  if (wrong !== undefined) throw broken(`its release has no valid "${wrong}"`);
  for (const entry of document.artifacts) {
    const part = misfit(entry, ENTRY);
    if (part !== undefined) throw broken(`artifact ${JSON.stringify(entry.name)} has no valid "${part}"`);
  }
  const names = document.artifacts.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw broken(`artifact ${JSON.stringify(twice)} is there twice`);
}

/** Clusters read what the manifest names, everything else the entry: both have to be the same. */
export const leadsTo = (manifest: Uint8Array | undefined, content: string): boolean =>
  manifest !== undefined && firstLayer(manifest)?.digest === content;
