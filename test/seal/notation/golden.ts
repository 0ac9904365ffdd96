/** Bytes of the wire format: what notation writes about the artifact of `../golden.ts`, to the letter. */

export const PROTECTED =
  '{"alg":"ES256","crit":["io.cncf.notary.signingScheme"],"cty":"application/vnd.cncf.notary.payload.v1+json","io.cncf.notary.signingScheme":"notary.x509","io.cncf.notary.signingTime":"2026-11-20T00:00:00Z"}';

export const PAYLOAD =
  '{"targetArtifact":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f","size":634}}';

export const ENVELOPE = {
  digest: 'sha256:99e0aefb8b7439e021e572c09339d0d16f065aabcc8f3f19edddf13131f395c4',
  size: 1340,
} as const;

export const THUMBPRINT = '70d2f6df780325ffa41ba220b12674b225630f1aa9a095ed08653813d389596d';

/** In the form of the specification. */
export const SPECIFIED_MANIFEST =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.cncf.notary.signature","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"data":"e30="},"layers":[{"mediaType":"application/jose+json","digest":"sha256:99e0aefb8b7439e021e572c09339d0d16f065aabcc8f3f19edddf13131f395c4","size":1340}],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f","size":634},"annotations":{"io.cncf.notary.x509chain.thumbprint#S256":"[\\"70d2f6df780325ffa41ba220b12674b225630f1aa9a095ed08653813d389596d\\"]","org.opencontainers.image.created":"2026-11-20T00:00:00Z"}}';

/** In the form that notation-go 1.3.2 writes. */
export const MANIFEST =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.cncf.notary.signature","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"application/jose+json","digest":"sha256:99e0aefb8b7439e021e572c09339d0d16f065aabcc8f3f19edddf13131f395c4","size":1340}],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:c7572779ef42ee557fac5e5a4305b77cda19d1b505b5ad83ff7a1819a9970e6f","size":634},"annotations":{"io.cncf.notary.x509chain.thumbprint#S256":"[\\"70d2f6df780325ffa41ba220b12674b225630f1aa9a095ed08653813d389596d\\"]","org.opencontainers.image.created":"2026-11-20T00:00:00Z"}}';
