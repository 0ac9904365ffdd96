/** Keyless proofs on a Sigstore of one's own: how we make them, and what cosign and we say about them, both told the same. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeylessOptions, keylessIdentity } from '../../src/seal/keyless/identity.ts';
import type { SigningIdentity } from '../../src/seal/make/identity.ts';
import type { BuildFacts } from '../../src/seal/make/provenance.ts';
import { proveRelease, type ReleaseToProve, type SealedStatement } from '../../src/seal/make/release.ts';
import { readTrustRoot } from '../../src/seal/trust/root.ts';
import { type VerifiedArtifact, verifyAttached } from '../../src/seal/verify/attached.ts';
import { exactly } from '../../src/seal/verify/identity.ts';
import type { IdentityPolicy } from '../../src/seal/verify/policy.ts';
import type { Expected } from '../../src/seal/verify/refusal.ts';
import type { Http } from '../../src/wire/http.ts';
import { readIdentityToken } from '../../src/wire/sigstore/identity-token.ts';
import { quickHttp } from '../wire/sigstore/fixture.ts';
import type { Folder } from './folder.ts';
import { type Ended, start } from './peer.ts';
import { toolPath } from './server-process.ts';
import { CI_IDENTITY, COMMIT, type Persona, type RunningSigstore } from './sigstore.ts';

/** How every release here was built. */
export const FACTS: BuildFacts = {
  project: 'default',
  source: { dirty: false, source: 'https://git.example/org/repo', commit: COMMIT },
  runner: { ci: true },
  builder: { id: 'https://ci.example/runner', version: { slipway: '0.1.0' } },
  artifacts: [{ name: 'one', path: 'one', render: 'source' }],
};

/** The keyless identity of a persona. */
export function identityOn(
  sigstore: RunningSigstore,
  persona: Persona,
  options: Partial<KeylessOptions> = {},
): SigningIdentity {
  return keylessIdentity({
    name: `keyless:${persona}`,
    services: sigstore.services,
    http: quickHttp(),
    trust: readTrustRoot(sigstore.trustedRoot),
    token: async () => readIdentityToken(sigstore.issuer.token(persona), 'a test'),
    ...options,
  });
}

/** A client that keeps a list of what was asked for. */
export function listing(asked: string[]): Http {
  const http = quickHttp();
  const send: Http['send'] = (request) => {
    asked.push(request.url.pathname);
    return http.send(request);
  };
  return { ...http, send };
}

/** {@link proveRelease}, where there is something to prove. */
export async function proofsOf(
  release: Omit<ReleaseToProve, 'provenance'>,
): Promise<readonly [SealedStatement, ...SealedStatement[]]> {
  const [first, ...others] = await proveRelease({ provenance: FACTS, ...release });
  if (first === undefined) throw new Error('there is no proof');
  return [first, ...others];
}

/** The bundle's certificate, and its place in the log. */
export function materialOf({ bundle }: SealedStatement): { readonly certificate: string; readonly place: string } {
  const { verificationMaterial: material } = JSON.parse(Buffer.from(bundle).toString());
  return { certificate: material.certificate.rawBytes, place: material.tlogEntries[0].logIndex };
}

/** What a verifier is told. What is missing is right. */
export interface Told {
  readonly identity?: string;
  readonly issuer?: Persona;
  /** What is taken out of the trusted root. */
  readonly without?: 'certificateAuthorities' | 'timestampAuthorities' | 'tlogs';
  /** The certificate must be in a certificate log, which this Fulcio does not have. */
  readonly wantsCertificateLog?: true;
}

/** The verifiers. */
export interface Verdicts {
  /** cosign about what is attached to an artifact: its signature, or its provenance. */
  readonly byCosign: (told: Told, command: 'verify' | 'verify-attestation', reference: string) => Promise<Ended>;
  /** cosign about a bundle beside a file. */
  readonly byCosignOfFile: (told: Told, proof: SealedStatement, content: Uint8Array) => Promise<Ended>;
  /** Slipway about either. Throws `UNTRUSTED`. */
  readonly byUs: (told: Told, proof: SealedStatement, subject: Expected) => VerifiedArtifact;
}

const TYPE = ['--type', 'slsaprovenance1'] as const;

/** Verifiers of what a Sigstore has signed. One question at a time: `home` holds what the last one was about. */
export function verdictsOn(sigstore: RunningSigstore, home: Folder): Verdicts {
  const rootFor = ({ without }: Told): Buffer => {
    const root = JSON.parse(sigstore.trustedRoot.toString()) as Readonly<Record<string, unknown>>;
    return Buffer.from(JSON.stringify(root, (key, value: unknown) => (key === without ? undefined : value)));
  };
  const cosign = async (told: Told, command: string, ...args: readonly string[]): Promise<Ended> => {
    const { identity = CI_IDENTITY, issuer = 'ci', wantsCertificateLog = false } = told;
    await writeFile(join(home.path, 'trusted_root.json'), rootFor(told));
    const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', sigstore.issuer.url(issuer)];
    const log = wantsCertificateLog ? [] : ['--insecure-ignore-sct'];
    const root = ['--trusted-root', 'trusted_root.json', '--use-signed-timestamps'];
    return start(toolPath('cosign'), [command, ...root, ...log, ...who, ...args], { cwd: home.path });
  };
  const policyFor = (told: Told): IdentityPolicy => {
    const { identity = CI_IDENTITY, issuer = 'ci', wantsCertificateLog = false } = told;
    const who = { identity: exactly(identity), issuer: exactly(sigstore.issuer.url(issuer)) };
    return { kind: 'identity', ...who, without: wantsCertificateLog ? [] : ['certificate log'] };
  };
  return {
    byCosign: (told, command, reference) => cosign(told, command, ...(command === 'verify' ? [] : TYPE), reference),
    byCosignOfFile: async (told, { bundle }, content) => {
      await writeFile(join(home.path, 'file.sigstore.json'), bundle);
      await writeFile(join(home.path, 'file'), content);
      return cosign(told, 'verify-blob-attestation', ...TYPE, '--bundle', 'file.sigstore.json', 'file');
    },
    byUs: (told, { bundle, digest }, subject) => {
      const verification = { subject, policy: policyFor(told), trust: readTrustRoot(rootFor(told)) };
      return verifyAttached({ bundles: [{ digest, bytes: bundle }], signatures: [] }, verification);
    },
  };
}
