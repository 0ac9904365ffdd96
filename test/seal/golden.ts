/** Bytes of the wire formats, signed with a key whose private half nobody has: what cosign writes, to the letter. */

export const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzSjHgny0V+KH419QNSkxxxqccxkm
DZps3c/GT8whu3lZvsRrPcObdutdBAGLoEgb5TwKBaKynorg3rKgg8iQYg==
-----END PUBLIC KEY-----
`;

/** What bundles call that key. */
export const HINT = 'iFEtssj7ge1YBJxnS/kiCwvS3nRZE9q2sMlOOGOKbgs=';

/** The manifest of the artifact that is signed: 634 bytes. */
export const SUBJECT = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 634,
  digest: 'sha256:c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f',
} as const;

export const REFERENCE = 'ghcr.io/example/app';

export const STATEMENT =
  '{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f"}}],"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}';

/** sha256 of the bytes that the envelope's signature covers. */
export const PAE_DIGEST = 'sha256:fc5bae1d4033132454bc1572228996b42018e37d0a3fe3b928226e65b94276a6';

export const ENVELOPE_SIGNATURE =
  'MEYCIQDSvL6o+uqCMD9UhlWwFsVdP2kmNu8dnEc3Hy8MEKHXvQIhAJE7HfLvtJODY09x+vkYIRQavRT3VwxvYJwAxqrr2unW';

export const BUNDLE =
  '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"iFEtssj7ge1YBJxnS/kiCwvS3nRZE9q2sMlOOGOKbgs="}},"dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJkaWdlc3QiOnsic2hhMjU2IjoiYzc1NzI3NzllZjQyZWU1NTdmYWM1ZTVhNDMwNWI3N2NkYTE5ZDFiNTA1YjVhZDgzZmY3YTE4MTlhOTk3MGU2ZiJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsInByZWRpY2F0ZSI6e319","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MEYCIQDSvL6o+uqCMD9UhlWwFsVdP2kmNu8dnEc3Hy8MEKHXvQIhAJE7HfLvtJODY09x+vkYIRQavRT3VwxvYJwAxqrr2unW"}]}}';

export const BUNDLE_DIGEST = 'sha256:945aed247c0df3c668acadadca9d7f5af18aa4fc8b8b3410d35008ca30c4bf83';

/** When the samples were made. */
export const CREATED = '2026-11-20T00:00:00Z';

export const REFERRER =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json"},"layers":[{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","size":635,"digest":"sha256:945aed247c0df3c668acadadca9d7f5af18aa4fc8b8b3410d35008ca30c4bf83"}],"annotations":{"dev.sigstore.bundle.content":"dsse-envelope","dev.sigstore.bundle.predicateType":"https://sigstore.dev/cosign/sign/v1","org.opencontainers.image.created":"2026-11-20T00:00:00Z"},"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":634,"digest":"sha256:c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f"},"artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json"}';

export const FALLBACK_INDEX =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":877,"digest":"sha256:94fa29c9c646f75a046c733c102570dfe5a8ecf975da93b0d669d54aa70047dc","annotations":{"dev.sigstore.bundle.content":"dsse-envelope","dev.sigstore.bundle.predicateType":"https://sigstore.dev/cosign/sign/v1","org.opencontainers.image.created":"2026-11-20T00:00:00Z"},"artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json"}]}';

export const LEGACY_PAYLOAD =
  '{"critical":{"identity":{"docker-reference":"ghcr.io/example/app"},"image":{"docker-manifest-digest":"sha256:c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f"},"type":"cosign container image signature"},"optional":null}';

export const LEGACY_SIGNATURE =
  'MEUCIGUt2fbN/pHMnTs0hb4xj8VkvgUPgTv2WuZLASkFiVwDAiEA+bVF8eFUaah/23oXh2BF0sROVizbYX50d/crm+bjON0=';

export const LEGACY_CONFIG =
  '{"architecture":"","created":"0001-01-01T00:00:00Z","history":[{"created":"0001-01-01T00:00:00Z"}],"os":"","rootfs":{"type":"layers","diff_ids":["sha256:e2dfb0a3088850e33ed05d686569b499d8b2b4477e411efb353b52b8072397eb"]},"config":{}}';

export const LEGACY_MANIFEST =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":233,"digest":"sha256:168166da61155764112f907710753421e1077319039b5a49689d5a63b48891f6"},"layers":[{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json","size":235,"digest":"sha256:e2dfb0a3088850e33ed05d686569b499d8b2b4477e411efb353b52b8072397eb","annotations":{"dev.cosignproject.cosign/signature":"MEUCIGUt2fbN/pHMnTs0hb4xj8VkvgUPgTv2WuZLASkFiVwDAiEA+bVF8eFUaah/23oXh2BF0sROVizbYX50d/crm+bjON0="}}]}';
