/** What stands beside an older signature: annotations of its layer (cosign 3.1.2 `pkg/oci/static`, `pkg/cosign/bundle`). */
import { SlipwayError } from '../../errors.ts';
import type { LogEntry } from '../../wire/sigstore/log-entry.ts';
import { base64 } from '../envelope.ts';
import { encodePem } from '../keys/pem.ts';
import type { Signed } from './identity.ts';

/**
 * The annotations of a signature, keys in byte order. A key's signature has no certificate: cosign would compare the two and
 * check the certificate's end against the clock. Throws `CONFIG` for a certificate without an entry in a Rekor v1 log.
 */
export function legacyAnnotations({ signature, material }: Signed): Readonly<Record<string, string>> {
  const { signer, logEntries, timestamps } = material;
  const own = { 'dev.cosignproject.cosign/signature': base64(signature) };
  if (signer.kind === 'key') return own;
  const [stamp] = timestamps;
  return {
    ...own,
    'dev.sigstore.cosign/bundle': JSON.stringify(logBundle(logEntries)),
    'dev.sigstore.cosign/certificate': encodePem('CERTIFICATE', signer.leaf),
    'dev.sigstore.cosign/chain': signer.chain.map((der) => encodePem('CERTIFICATE', der)).join(''),
    ...(stamp === undefined
      ? {}
      : {
          'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp: base64(stamp) }),
        }),
  };
}

/** The entry of a Rekor v1 log, with numbers as numbers and the log's id in hexadecimal digits. */
interface LogBundle {
  readonly SignedEntryTimestamp: string;
  readonly Payload: {
    readonly body: string;
    readonly integratedTime: number;
    readonly logIndex: number;
    readonly logID: string;
  };
}

function logBundle(entries: readonly LogEntry[]): LogBundle {
  for (const { inclusionPromise, integratedTime, canonicalizedBody, logIndex, logId } of entries) {
    if (inclusionPromise === undefined || integratedTime === undefined) continue;
    return {
      SignedEntryTimestamp: inclusionPromise.signedEntryTimestamp,
      Payload: {
        body: canonicalizedBody,
        integratedTime: Number(integratedTime),
        logIndex: Number(logIndex),
        logID: Buffer.from(logId.keyId, 'base64').toString('hex'),
      },
    };
  }
  throw new SlipwayError('CONFIG', 'Cannot make a legacy signature: the transparency log gives no signed timestamp', {
    hint: 'legacy signatures need a Rekor v1 log; switch off `sign.legacy`, or sign with a key',
  });
}
