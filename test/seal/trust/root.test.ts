import { beforeAll, describe, expect, test } from 'vitest';
import { readTrustRoot } from '../../../src/seal/trust/root.ts';
import { startFakeSigstore } from '../../fakes/sigstore.ts';

let good: Root;

/** As much of a trusted root as the tests change. */
interface Root {
  mediaType?: string;
  tlogs: Record<string, unknown>[];
  certificateAuthorities: Record<string, unknown>[];
  timestampAuthorities: Record<string, unknown>[];
}

beforeAll(async () => {
  await using fake = await startFakeSigstore();
  good = structuredClone(fake.trustedRoot) as unknown as Root;
});

const read = (root: unknown): ReturnType<typeof readTrustRoot> => readTrustRoot(Buffer.from(JSON.stringify(root)));

describe('a trusted root', () => {
  test('names authorities and logs', () => {
    const { material } = read(good);
    expect(material.tlogs).toHaveLength(2);
    expect(material.certificateAuthorities).toHaveLength(1);
    expect(material.timestampAuthorities[0]?.certChain).toHaveLength(2);
  });

  test('may leave lists and ends out, also as null', () => {
    const [log] = good.tlogs;
    const sparse = { mediaType: good.mediaType, tlogs: [{ ...log, checkpointKeyId: null }], ctlogs: null };
    expect(read(sparse).material).toMatchObject({ certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] });
  });

  const changed = (change: (root: Root) => void): unknown => {
    const root = structuredClone(good);
    change(root);
    return root;
  };

  test.each<[string, (root: Root) => void, string]>([
    [
      'of another version',
      (root) => {
        root.mediaType = 'application/vnd.dev.sigstore.trustedroot.v0.2+json';
      },
      'it is of another format',
    ],
    [
      'without a version',
      (root) => {
        delete root.mediaType;
      },
      'it is of another format',
    ],
    [
      'with an unknown field',
      (root) => {
        Object.assign(root, { extra: 1 });
      },
      'unknown field "extra"',
    ],
    [
      'with an unknown field inside',
      (root) => {
        Object.assign(root.tlogs[0] ?? {}, { extra: 1 });
      },
      'unknown field "tlogs[0].extra"',
    ],
    [
      'with a log that was always valid',
      (root) => {
        Object.assign(root.tlogs[1] ?? {}, {
          publicKey: { rawBytes: 'AA==', keyDetails: 'PKIX_ED25519', validFor: {} },
        });
      },
      '"tlogs[1].publicKey.validFor.start" is missing',
    ],
    [
      'with a key that is none',
      (root) => {
        Object.assign(root.tlogs[1] ?? {}, {
          publicKey: { rawBytes: 'AA==', keyDetails: 'PKIX_ED25519', validFor: { start: '2020-01-01T00:00:00Z' } },
        });
      },
      'one of its keys or certificates cannot be read',
    ],
    [
      'with a certificate that is none',
      (root) => {
        Object.assign(root.certificateAuthorities[0] ?? {}, { certChain: { certificates: [{ rawBytes: 'MAA=' }] } });
      },
      'one of its keys or certificates cannot be read',
    ],
    [
      'with an authority without certificates',
      (root) => {
        Object.assign(root.timestampAuthorities[0] ?? {}, { certChain: { certificates: [] } });
      },
      '"timestampAuthorities[0].certChain.certificates": it is empty',
    ],
    [
      'with a time that is none',
      (root) => {
        Object.assign(root.certificateAuthorities[0] ?? {}, { validFor: { start: 'yesterday' } });
      },
      'expected a time in RFC 3339',
    ],
  ])('%s is refused', (_, change, message) => {
    expect(() => read(changed(change))).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(message), hint: expect.any(String) }),
    );
  });

  test.each([
    ['nothing', '', 'it is not JSON'],
    ['a list', '[]', 'it is of another format'],
    ['a key twice', '{"mediaType":"a","mediaType":"b"}', 'the same key twice'],
  ])('%s is refused', (_, text, message) => {
    expect(() => readTrustRoot(Buffer.from(text))).toThrow(`Cannot use the trusted root: `);
    expect(() => readTrustRoot(Buffer.from(text))).toThrow(message);
  });
});
