/** Trust roots: whose certificates, logs and clocks count (protobuf-specs 0.5.2 `sigstore_trustroot.proto`). */
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import * as v from 'valibot';
import { SlipwayError } from '../../errors.ts';
import { describeIssue } from './proto-json.ts';
import { ROOT_TYPE, rootShape } from './root-shape.ts';
import { strictJson } from './strict-json.ts';

/** The authorities that a verification believes. It holds no secret. */
export interface TrustRoot {
  /** Certificate authorities, logs, certificate logs and timestamp authorities, each with the time for which it counts. */
  readonly material: Omit<TrustMaterial, 'publicKey'>;
}

/**
 * Where a trust root comes from: a file, or the public instance by way of TUF. Asked once per run; what has to be fetched
 * is fetched then, so that all that follows is offline.
 */
export interface TrustSource {
  /** How messages call it, such as `trusted root "trusted_root.json"`. */
  readonly name: string;
  /** Throws `CONFIG` for a root that cannot be used, `NETWORK` where one cannot be fetched. */
  root(): Promise<TrustRoot>;
}

const HINT = 'take the file from the Sigstore instance that signed, or make it with "cosign trusted-root create"';

/**
 * Reads a `trusted_root.json`. Throws `CONFIG` for what Flux and cosign would not read either: another version, unknown
 * fields, a log whose key has no start of validity, keys and certificates that are none.
 */
export function readTrustRoot(json: Uint8Array): TrustRoot {
  const failure = (state: string, hint = HINT, cause?: unknown): SlipwayError =>
    new SlipwayError('CONFIG', `Cannot use the trusted root: ${state}`, { hint, cause });
  let value: unknown;
  try {
    value = strictJson(json);
  } catch (thrown) {
    throw failure((thrown as Error).message);
  }
  const checked = v.safeParse(rootShape, value);
  if (!checked.success) {
    const wrong = checked.issues.find(({ path }) => path?.[0]?.key === 'mediaType');
    if (wrong === undefined) throw failure(describeIssue(checked.issues[0]));
    throw failure(
      'it is of another format',
      `its "mediaType" must be "${ROOT_TYPE}", which is all that Flux and cosign read`,
    );
  }
  try {
    const { publicKey, ...material } = toTrustMaterial(TrustedRoot.fromJSON(checked.output));
    touch(material);
    return { material };
  } catch (thrown) {
    throw failure('one of its keys or certificates cannot be read', HINT, thrown);
  }
}

/** Certificates are read lazily by the library; a broken one must be found here, not as "untrusted" later. */
function touch({ certificateAuthorities, timestampAuthorities }: TrustRoot['material']): void {
  for (const { certChain } of [...certificateAuthorities, ...timestampAuthorities]) {
    for (const certificate of certChain) void [certificate.publicKey, certificate.notBefore, certificate.notAfter];
  }
}
