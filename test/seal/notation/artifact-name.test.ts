import { expect, test } from 'vitest';
import { readCertificates } from '../../../src/seal/notation/certificate.ts';
import { readNotationSigner } from '../../../src/seal/notation/sign.ts';
import { type NotationVerified, verifyNotation } from '../../../src/seal/notation/verify.ts';
import { CREATED, SUBJECT } from '../golden.ts';
import { chainOf } from './certificates.ts';
import { forged } from './forged.ts';

const { leaf, between, root, key, pem } = chainOf();
const policy = { trusted: readCertificates(root.pem, 'root.pem') };
const NOW = new Date('2026-11-20T00:05:00Z');
const ARTIFACT = 'slipway.dev/artifact';

const verify = (envelope: Uint8Array, name = 'app'): NotationVerified =>
  verifyNotation(envelope, { name, target: SUBJECT }, policy, NOW);

/** By the right signer, with other annotations. */
const annotated = (annotations: unknown): Uint8Array =>
  forged([leaf, between, root], { body: { targetArtifact: { ...SUBJECT, annotations } } });

const refused = (name: string, state: string) =>
  expect.objectContaining({
    code: 'UNTRUSTED',
    message: `Cannot trust the proof of "${name}" (${SUBJECT.digest}): ${state}`,
  });

const signer = await readNotationSigner({
  key: { text: key, shown: 'key' },
  certificates: { text: pem, shown: 'pem' },
  passphrase: () => undefined,
});
const named = await signer.sign(SUBJECT, { signingTime: new Date(CREATED) }, 'app');

test('the name that a signature gives its artifact is told, also where none is expected', () => {
  expect(verify(named)).toMatchObject({ artifact: 'app' });
  expect(verifyNotation(named, { target: SUBJECT }, policy, NOW)).toMatchObject({ artifact: 'app' });
});

test('a signature of one artifact is refused where another is expected', () => {
  expect(() => verify(named, 'web')).toThrowError(refused('web', 'it was signed as "app", not as "web"'));
});

test.each([
  ['none', undefined],
  ['null', null],
  ['an empty object', {}],
  ['those of somebody else', { 'example.com/build': '7' }],
])('a signature names no artifact when its annotations are %s', (_, annotations) => {
  expect(verify(annotated(annotations))).not.toHaveProperty('artifact');
});

test.each<readonly [string, unknown, string]>([
  ['a number', { [ARTIFACT]: 1 }, 'it has "1" where the text of an annotation belongs'],
  ['null in an object', { [ARTIFACT]: null }, 'it has "null" where the text of an annotation belongs'],
  ['a list beside a text', { [ARTIFACT]: 'app', more: [] }, 'it has "[]" where the text of an annotation belongs'],
  ['a list', ['app'], 'the list of annotations in its payload is no object'],
])('a signature is refused when its annotations are %s', (_, annotations, state) => {
  expect(() => verify(annotated(annotations))).toThrowError(refused('app', state));
});
