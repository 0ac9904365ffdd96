/** Whose signatures count: settings become policies. Verifiers are loaded when something is verified. */
import type { SealSettings, VerifySettings } from '../config/seal-settings.ts';
import { SlipwayError } from '../errors.ts';
import type { ProofJudge } from '../model.ts';
import { readPublicKey } from '../seal/keys/public-key.ts';
import { readSigningKey } from '../seal/keys/signing-key.ts';
import { type Certificate, readCertificates } from '../seal/notation/certificate.ts';
import { isTrusted, readTrustedIdentity } from '../seal/notation/identity.ts';
import type { NotationPolicy } from '../seal/notation/verify.ts';
import type { TrustRoot } from '../seal/trust/root.ts';
import { exactly, type Matcher, matching } from '../seal/verify/identity.ts';
import type { IdentityPolicy, Policy } from '../seal/verify/policy.ts';
import type { SealContext } from './context.ts';
import type { OpenedNotation } from './notation.ts';
import type { OpenedSigner } from './signer.ts';
import { once, type Sigstore } from './sigstore.ts';
import { passphraseIn, readText } from './text.ts';

type Expected = NonNullable<VerifySettings['signer']>;
type MatchOf = Extract<Expected, { readonly kind: 'identity' }>['identity'];

/** Who has to have signed; at least one field is there. */
export interface Policies {
  readonly sigstore?: Policy;
  readonly notation?: NotationPolicy;
}

/** Who signs in this run, so far as somebody does. */
export interface Own {
  readonly signer?: OpenedSigner | undefined;
  readonly notation?: OpenedNotation | undefined;
}

const matcherOf = (match: MatchOf): Matcher => ('exactly' in match ? exactly(match.exactly) : matching(match.matching));

/** The policy of an identity. Throws `CONFIG` for patterns that would surprise their author. */
export function identityPolicy({ identity, issuer }: Extract<Expected, { readonly kind: 'identity' }>): IdentityPolicy {
  return { kind: 'identity', identity: matcherOf(identity), issuer: matcherOf(issuer) };
}

/**
 * The policies of the settings; where they are silent, those that our own signers meet. Throws `CONFIG` for keys that cannot be
 * read, and when what we sign would not be accepted. Undefined: nobody has to have signed.
 */
export async function readPolicies(
  { verify }: Pick<SealSettings, 'verify'>,
  { signer, notation: own }: Own,
  context: SealContext,
): Promise<Policies | undefined> {
  const sigstore = verify?.signer === undefined ? signer?.policy : await signerPolicy(verify.signer, context);
  const notation = verify?.notation === undefined ? own?.policy : await notationPolicy(verify.notation, context);
  if (signer !== undefined && sigstore !== undefined) checkOwnKey(signer, sigstore);
  if (own !== undefined && notation !== undefined) checkOwnChain(own, notation);
  if (sigstore === undefined && notation === undefined) return undefined;
  return { ...(sigstore && { sigstore }), ...(notation && { notation }) };
}

async function signerPolicy(expected: Expected, context: SealContext): Promise<Policy> {
  if (expected.kind === 'identity') return identityPolicy(expected);
  const keys = expected.keys.map(async (source) => {
    if (!source.private) return readPublicKey(await readText(source, 'public key', context), source.shown);
    const text = await readText(source, 'signing key', context);
    const { publicKey } = await readSigningKey(text, () => passphraseIn(context), source.shown);
    return readPublicKey(publicKey, source.shown);
  });
  return { kind: 'key', keys: await Promise.all(keys) };
}

async function notationPolicy(
  { certificates, identities }: NonNullable<VerifySettings['notation']>,
  context: SealContext,
): Promise<NotationPolicy> {
  const text = await readText(certificates, 'certificates', context);
  const trusted: readonly Certificate[] = readCertificates(text, certificates.shown);
  return { trusted, ...(identities === undefined ? {} : { identities: identities.map(readTrustedIdentity) }) };
}

/** A signature that the policy refuses would be found out only when everything is in the stores. */
function checkOwnKey({ policy: own, title }: OpenedSigner, policy: Policy): void {
  if (own.kind !== 'key') return;
  const [key] = own.keys;
  if (policy.kind === 'key' && policy.keys.some(({ hint }) => hint === key?.hint)) return;
  throw new SlipwayError('CONFIG', `Cannot sign with ${title}: "verify" does not accept its signatures`, {
    hint: 'add its public half to "verify.key"; the old one may stay beside it until all readers know the new one',
  });
}

function checkOwnChain({ chain, shown }: OpenedNotation, { trusted, identities }: NotationPolicy): void {
  const isAnchored = chain.some(({ thumbprint }) => trusted.some((one) => one.thumbprint === thumbprint));
  const [leaf] = chain;
  if (isAnchored && leaf !== undefined && (identities === undefined || isTrusted(leaf, identities))) return;
  const message = `Cannot sign for Notation with the certificates "${shown}": "verify.notation" does not accept them`;
  throw new SlipwayError('CONFIG', message, {
    hint: 'add their root to "verify.notation.certificates", and their subject where "identities" are named',
  });
}

/** A judge that loads the verifiers, and fetches a trust root, when it is first asked. */
export function openJudge(
  { sigstore: policy, notation }: Policies,
  sigstore: Sigstore,
  { now }: SealContext,
): ProofJudge {
  const judge = once(async () => {
    const judging = await import('../seal/verify/judge.ts');
    return judging.openJudge({
      ...(policy && { sigstore: await believing(policy, sigstore) }),
      ...(notation && { notation }),
      now,
    });
  });
  return {
    accepts: async (...asked) => (await judge()).accepts(...asked),
    explain: async (...asked) => (await judge()).explain(...asked),
    explainFile: async (...asked) => (await judge()).explainFile(...asked),
  };
}

/**
 * A policy with whom it believes. Keys need no trust root; log entries beside their signatures are verified where the user
 * names one. A root of the user's own that lists no certificate logs is that of a private Sigstore that has none.
 */
export async function believing(policy: Policy, { ownRoot, trust: open }: Sigstore): Promise<Believing> {
  const trust = policy.kind === 'identity' || ownRoot ? await open() : undefined;
  const without = ownRoot && trust?.material.ctlogs.length === 0 ? (['certificate log'] as const) : [];
  return { policy: policy.kind === 'identity' ? { ...policy, without } : policy, trust };
}

interface Believing {
  readonly policy: Policy;
  readonly trust: TrustRoot | undefined;
}
