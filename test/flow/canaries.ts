/** Finds secrets in what runs said and left, however they travel. */
import { createPrivateKey } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Ended } from '../cli/bundle.ts';
import type { Contents } from './stage.ts';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A secret as it is, and as it travels. */
export const formsOf = (secret: string): readonly string[] => [secret, base64(secret), encodeURIComponent(secret)];

/** What gives an EC key away: the lines of its file, and the number itself in every way it is written. */
export function traitsOf(pem: string): readonly string[] {
  const key = createPrivateKey(pem);
  const { d = '' } = key.export({ format: 'jwk' });
  const scalar = Buffer.from(d, 'base64url');
  const lines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const der = key.export({ type: 'sec1', format: 'der' });
  return [
    ...lines,
    lines.join(''),
    ...[scalar, der].flatMap((bytes) => [
      ...(['hex', 'base64', 'base64url', 'latin1'] as const).map((encoding) => bytes.toString(encoding)),
      BigInt(`0x${bytes.toString('hex')}`).toString(),
    ]),
    // The number within other base64: whole groups of three bytes at each of the three offsets.
    ...[0, 1, 2].map((offset) => scalar.subarray(offset, offset + 30).toString('base64')),
    [...scalar].join(','),
    [...scalar].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
  ];
}

/** A text and what its longer base64 words hold, also what those hold. */
function opened(text: string, depth = 2): string {
  if (depth === 0) return text;
  const words = text.match(/[A-Za-z0-9+/_-]{24,}={0,2}/g) ?? [];
  return [text, ...words.map((word) => opened(Buffer.from(word, 'base64').toString('latin1'), depth - 1))].join('\n');
}

/** Everything in the stores as text: keys, tags, bytes as they are, unpacked and decoded. */
export function everythingIn({ repositories, objects }: Contents): string {
  const unpacked = (bytes: Uint8Array): string =>
    bytes[0] === 0x1f && bytes[1] === 0x8b
      ? gunzipSync(bytes).toString('latin1')
      : opened(Buffer.from(bytes).toString('latin1'));
  const inRegistry = [...repositories].flatMap(([name, { blobs, manifests, tags }]) => [
    name,
    ...tags.keys(),
    ...[...blobs.values()].map(unpacked),
    ...[...manifests.values()].map(({ bytes }) => unpacked(bytes)),
  ]);
  const inBucket = [...objects].flatMap(([key, { bytes, metadata }]) => [
    key,
    JSON.stringify(metadata),
    unpacked(bytes),
  ]);
  return [...inRegistry, ...inBucket].join('\n');
}

/** Which of the secrets can be found in what a run said and in what stores hold. */
export function leaksIn(
  contents: Contents,
  { stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>,
  secrets: Iterable<string>,
): readonly string[] {
  const text = [opened(stdout), opened(stderr), everythingIn(contents)].join('\n');
  return [...new Set(secrets)].filter((secret) => text.includes(secret));
}

/** How runs are told to speak: each way shows other things. */
export const WAYS: readonly (readonly string[])[] = [[], ['--verbose'], ['--output', 'json', '--verbose']];
