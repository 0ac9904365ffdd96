/** What a reference to an image promises, without asking anybody. */
import type { Breach } from '../rule.ts';
import type { ArtifactCheck } from '../view.ts';
import { parseImage } from './reference.ts';
import { finalImages } from './uses.ts';

/** Reads the references of an artifact's images. */
export const checkReferences: ArtifactCheck = (view, _context, report) => {
  const known = new Map<string, Breach | undefined>();
  for (const { image, field, object, certain } of finalImages(view)) {
    if (!known.has(image)) known.set(image, breachOf(image));
    const breach = known.get(image);
    if (breach !== undefined && (certain || breach.rule !== 'image/invalid')) report({ ...breach, field }, object);
  }
};

function breachOf(image: string): Breach | undefined {
  const reference = parseImage(image);
  if (reference === undefined) return invalid(image);
  if (reference.digest !== undefined) return undefined;
  const { tag } = reference;
  if (tag !== undefined && tag !== 'latest') {
    return {
      rule: 'image/unpinned',
      message: `Image "${image}" has no digest: its tag can be moved to something else`,
      hint: `write ${image}@sha256:… with the digest that the tag has now`,
    };
  }
  return {
    rule: 'image/latest',
    message:
      tag === undefined ? `Image "${image}" has no tag, which means latest` : `Image "${image}" is whatever is newest`,
    found: tag === undefined ? 'no tag' : 'tag "latest"',
    expected: 'a version',
    hint: `write a tag that names a version, such as ${image.replace(/:latest$/, '')}:1.4.2`,
  };
}

function invalid(image: string): Breach {
  return {
    rule: 'image/invalid',
    message: `"${image}" names no image: ${problemOf(image)}`,
    expected: 'HOST/REPOSITORY:TAG or HOST/REPOSITORY@DIGEST',
    hint: 'correct the reference: without it no container starts (InvalidImageName)',
  };
}

function problemOf(image: string): string {
  if (image !== image.trim()) return 'it begins or ends with a space';
  if (/\s/.test(image)) return 'it has a space in it';
  if (/^[a-z]+:\/\//.test(image)) return 'it begins with a URL scheme';
  if (/[<>{}]/.test(image)) return 'it is a placeholder';
  const [name = '', digest] = image.split('@');
  if (digest !== undefined) return `"${digest}" is not a digest such as sha256:… with 64 hexadecimal digits`;
  const tag = /:([^:/]*)$/.exec(name)?.[1];
  if (tag === '') return 'the tag is missing behind the colon';
  if (/^[0-9a-f]{64}$/.test(name)) return 'it looks like the ID of a local image';
  if (/[A-Z]/.test(name.replace(/:[^:/]*$/, '').replace(/^[^/]*[.:][^/]*\//, ''))) return 'repositories are lower case';
  return 'it is not of this form';
}
