/** The form of `trusted_root.json`. As strict as Flux and cosign: an unknown field is an error. */
import * as v from 'valibot';
import { instant, someBytes } from './proto-json.ts';

/** What sigstore-go 1.2.1 reads, and so Flux and cosign; they know no other version. */
export const ROOT_TYPE = 'application/vnd.dev.sigstore.trustedroot+json;version=0.1';

/** Both ends belong to it. Without an end it lasts. The start is required: "forever" is nobody's key. */
const validFor = v.strictObject({ start: instant, end: v.nullish(instant) });

const log = v.strictObject({
  baseUrl: v.pipe(v.string(), v.nonEmpty()),
  hashAlgorithm: v.literal('SHA2_256'),
  publicKey: v.strictObject({ rawBytes: someBytes, keyDetails: v.string(), validFor }),
  logId: v.strictObject({ keyId: someBytes }),
  checkpointKeyId: v.nullish(v.strictObject({ keyId: someBytes })),
  operator: v.nullish(v.string()),
});

const authority = v.strictObject({
  subject: v.nullish(v.strictObject({ organization: v.nullish(v.string()), commonName: v.nullish(v.string()) })),
  uri: v.nullish(v.string()),
  certChain: v.strictObject({
    certificates: v.pipe(v.array(v.strictObject({ rawBytes: someBytes })), v.nonEmpty('it is empty')),
  }),
  validFor: v.nullish(validFor),
  operator: v.nullish(v.string()),
});

/** `trusted_root.json`. Lists that are missing are empty, and `null` is how some writers leave a field out. */
export const rootShape: v.GenericSchema = v.strictObject({
  mediaType: v.literal(ROOT_TYPE),
  tlogs: v.nullish(v.array(log), []),
  certificateAuthorities: v.nullish(v.array(authority), []),
  ctlogs: v.nullish(v.array(log), []),
  timestampAuthorities: v.nullish(v.array(authority), []),
});
