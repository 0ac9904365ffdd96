import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf as digestOfBytes } from '../../../src/digest.ts';
import { signLegacy } from '../../../src/seal/make/legacy.ts';
import {
  bundleOpener,
  type SigstoreAttachments,
  type VerifiedArtifact,
  verifyAttached,
} from '../../../src/seal/verify/attached.ts';
import { REFERENCE } from '../golden.ts';
import { changed, digestOf, IDENTITY, keyScene, messageBundle, provedBy, untrusted } from './scene.ts';

const [mine, theirs] = [keyScene(), keyScene()];
const subject = { name: 'a', digest: digestOf('a') };

type Bundle = SigstoreAttachments['bundles'][number];
type Signature = SigstoreAttachments['signatures'][number];
let ours: { readonly bundle: Bundle; readonly signature: Signature };
let foreign: typeof ours;

async function made({ identity }: typeof mine): Promise<typeof ours> {
  const bytes = await provedBy(identity);
  const { payload, layer } = await signLegacy(identity, REFERENCE, subject.digest);
  return { bundle: { digest: digestOfBytes(bytes), bytes }, signature: { payload, annotations: layer.annotations } };
}

beforeAll(async () => {
  [ours, foreign] = await Promise.all([made(mine), made(theirs)]);
});

const verify = (bundles: readonly Bundle[], signatures: readonly Signature[]): VerifiedArtifact =>
  verifyAttached({ bundles, signatures }, { subject, policy: mine.policy });

const malformed: Bundle = { digest: digestOf('d'), bytes: Buffer.from('{}') };

describe('what is attached to an artifact', () => {
  test('proves it with one good bundle, whatever stands around it', () => {
    const found = verify([malformed, foreign.bundle, ours.bundle], []);
    expect(found).toMatchObject({ bundle: ours.bundle.digest, warnings: [], signer: { kind: 'key' } });
  });

  test('proves it with one good .sig signature', () => {
    const found = verify([], [foreign.signature, ours.signature]);
    expect(found.bundle).toBeUndefined();
    expect(found.warnings).toEqual([]);
  });

  test('proves it with bundle and .sig signature of the same signer', () => {
    expect(verify([ours.bundle], [ours.signature])).toMatchObject({ bundle: ours.bundle.digest, warnings: [] });
  });

  test('a malformed bundle does not hide a .sig signature', () => {
    expect(verify([malformed], [ours.signature]).warnings).toEqual([]);
  });

  test('a foreign bundle hides a good .sig signature from newer readers, which is said', () => {
    const { warnings } = verify([foreign.bundle], [ours.signature]);
    expect(warnings).toEqual([
      expect.stringMatching(/cosign 3 and Flux 2\.8 and newer .* attach a bundle of the same signer/),
    ]);
  });

  test('so does a bundle over bytes, though it proves nothing here', async () => {
    const content = Buffer.from('hello');
    const bytes = messageBundle(content, await mine.identity.sign({ kind: 'bytes', payload: content }));
    const bundle = { digest: digestOfBytes(bytes), bytes };
    expect(verify([bundle], [ours.signature]).warnings).toHaveLength(1);
    const withContent = { subject: { digest: digestOfBytes(content), content }, policy: mine.policy };
    expect(() => verifyAttached({ bundles: [bundle], signatures: [] }, withContent)).toThrow(
      untrusted('it signs bytes, not a statement'),
    );
  });

  test('foreign .sig signatures beside a good bundle fail older readers, which is said', () => {
    const { warnings } = verify([ours.bundle], [foreign.signature]);
    expect(warnings).toEqual([expect.stringMatching(/Flux 2\.7 and older .* sign with "legacy: true"/)]);
  });

  test('is refused when there is nothing', () => {
    expect(() => verify([], [])).toThrow(untrusted(`Cannot trust "a" (${subject.digest}): it is not signed`));
  });

  test('is refused with the one reason when there is one', () => {
    expect(() => verify([foreign.bundle], [])).toThrow(
      untrusted(`Cannot trust "a" (${subject.digest}): it is signed with another key`),
    );
  });

  test('is refused with the reason of each when there are several', () => {
    expect(() => verify([malformed, foreign.bundle], [foreign.signature])).toThrow(
      untrusted(
        [
          `Cannot trust "a" (${subject.digest}): none of its 3 proofs is good`,
          `  bundle ${malformed.digest}: the bundle is malformed: "mediaType" is missing`,
          `  bundle ${foreign.bundle.digest}: it is signed with another key, sha256:`,
        ].join('\n'),
      ),
    );
  });

  test('bundles before v0.3 do not count, as in cosign and Flux', () => {
    const old = changed(ours.bundle.bytes, (json) => {
      json.mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.2';
    });
    const bundle = { digest: digestOfBytes(old), bytes: old };
    expect(() => verify([bundle], [])).toThrow(untrusted('it is a bundle v0.2'));
    expect(verify([bundle], [ours.signature]).warnings).toEqual([]);
  });

  test('a policy that cannot be checked is an error of its own', () => {
    const verification = { subject, policy: IDENTITY };
    expect(() => verifyAttached({ bundles: [ours.bundle], signatures: [] }, verification)).toThrow(
      expect.objectContaining({ code: 'CONFIG' }),
    );
  });
});

describe('a bundle that a release shares', () => {
  test('is checked once for all its artifacts', () => {
    let asked = 0;
    const counting = {
      ...mine.key,
      verify: (...args: Parameters<typeof mine.key.verify>) => {
        asked += 1;
        return mine.key.verify(...args);
      },
    };
    const verification = { policy: { kind: 'key', keys: [counting] } } as const;
    const opener = bundleOpener(verification);
    for (const name of ['a', 'b', 'c']) {
      // A store hands out the same bytes, or equal ones.
      const bundle = { ...ours.bundle, bytes: Buffer.from(ours.bundle.bytes) };
      const expected = { subject: { name, digest: digestOf(name) }, ...verification };
      expect(verifyAttached({ bundles: [bundle], signatures: [] }, expected, opener).bundle).toBe(bundle.digest);
    }
    expect(asked).toBe(1);
  });

  test('is refused each time when it is not good', () => {
    const verification = { policy: mine.policy };
    const opener = bundleOpener(verification);
    for (const _ of [1, 2]) {
      expect(() =>
        verifyAttached({ bundles: [foreign.bundle], signatures: [] }, { subject, ...verification }, opener),
      ).toThrow(untrusted('it is signed with another key'));
    }
  });

  test('lends its verdict to no other bytes that come under its digest', () => {
    const verification = { policy: mine.policy };
    const opener = bundleOpener(verification);
    const against = { subject, ...verification };
    expect(verifyAttached({ bundles: [ours.bundle], signatures: [] }, against, opener).bundle).toBe(ours.bundle.digest);
    const disguised = { digest: ours.bundle.digest, bytes: foreign.bundle.bytes };
    expect(() => verifyAttached({ bundles: [disguised], signatures: [] }, against, opener)).toThrow(
      untrusted('it is signed with another key'),
    );
  });
});
