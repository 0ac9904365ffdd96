/** An artifact's files become documents, one at a time: what is read is looked at and forgotten. */
import type { Finding, Rendered, SourceFile } from '../../model.ts';
import { isUtf8File, textOfFile } from '../file-text.ts';
import { roleOf } from '../flux/roles.ts';
import { isCrd } from '../schema/crd.ts';
import { type DocumentMemory, type ManifestDocument, readSlices } from '../yaml/documents.ts';
import { encodingProblem } from '../yaml/problem.ts';
import { type Slices, slicesOf } from '../yaml/split.ts';

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, length);

const split = new WeakMap<SourceFile, Slices>();

/** The documents of a file. They stay in memory as parts of its text, which is read and split once. */
export function slicesIn(file: SourceFile): Slices {
  const slices = split.get(file) ?? splitFile(file);
  split.set(file, slices);
  return slices;
}

/** What is not UTF-8 is not read: it is no text. */
function splitFile(file: SourceFile): Slices {
  const text = textOfFile(file);
  if (isUtf8File(file)) return slicesOf(text);
  const problem = encodingProblem(Math.max(0, text.indexOf('\uFFFD')));
  return { text, slices: [], problems: [problem] };
}

/** A YAML file of an artifact, read. */
export interface ReadFile {
  readonly documents: readonly ManifestDocument[];
  readonly findings: readonly Finding[];
  /** Its documents are meant to be whole objects. */
  readonly manifests: boolean;
}

/** Reads the YAML files of an artifact, in their order. */
export function* readFiles({ artifact, files }: Rendered, memory: DocumentMemory): Generator<ReadFile> {
  const role = roleOf(artifact, files);
  for (const file of files) {
    const kind = role(file.path);
    if (kind === 'other') continue;
    const origin = { artifact: artifact.name, file: file.path };
    yield { ...readSlices(slicesIn(file), origin, memory), manifests: kind === 'manifests' };
  }
}

const CRD = 'CustomResourceDefinition';

/** The CRDs among an artifact's objects. The memory keeps their values, which are dear to read. */
export function crdsIn(rendered: Rendered, memory: DocumentMemory): readonly ManifestDocument[] {
  const word = Buffer.from(CRD);
  const holding = rendered.files.filter(({ bytes }) => asBuffer(bytes).includes(word));
  if (holding.length === 0) return [];
  const role = roleOf(rendered.artifact, rendered.files);
  return holding
    .filter(({ path }) => role(path) === 'manifests')
    .flatMap((file) => {
      const origin = { artifact: rendered.artifact.name, file: file.path };
      const { documents } = readSlices(slicesIn(file), origin, memory, CRD);
      for (const document of documents) memory.keep(document);
      return documents.filter(({ value }) => isCrd(value));
    });
}
