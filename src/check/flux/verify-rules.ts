import type { Rule } from '../rule.ts';

const verified = (verify: string): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n  interval: 5m\n  url: oci://registry.example.com/fleet/web\n  ref:\n    tag: prod\n  verify:\n    provider: cosign\n${verify}`;

const identity = (issuer: string, subject: string): string =>
  `      - issuer: '${issuer}'\n        subject: '${subject}'\n`;

const ISSUER = '^https://ci\\.example\\.com$';
const SUBJECT = '^https://ci\\.example\\.com/acme/web@refs/heads/main$';
const GOOD = verified(`    matchOIDCIdentity:\n${identity(ISSUER, SUBJECT)}`);

/** Rules about whose signatures Flux accepts. */
export const VERIFY_RULES: readonly Rule[] = [
  {
    id: 'flux/verify-identity',
    setting: 'warn',
    summary: 'Keyless verification says who may sign.',
    why: 'Anybody can make a keyless signature. Without `matchOIDCIdentity` Flux accepts every identity in the old format, and none in the bundle format; a pattern that matches everybody is as good as none.',
    fix: 'Name the issuer and the subject that sign, or a key in secretRef.',
    bad: verified(''),
    good: GOOD,
  },
  {
    id: 'flux/verify-identities',
    setting: 'warn',
    summary: 'matchOIDCIdentity has one entry.',
    why: 'From Flux 2.8 on signatures in the bundle format are read first, and cosign refuses to check a bundle against several identities: the source fails, whoever signed. Only the old format takes several.',
    fix: 'Write one entry whose patterns have alternatives.',
    bad: verified(
      `    matchOIDCIdentity:\n${identity(ISSUER, SUBJECT)}${identity(ISSUER, '^https://ci\\.example\\.com/acme/app@refs/heads/main$')}`,
    ),
    good: verified(
      `    matchOIDCIdentity:\n${identity(ISSUER, '^https://ci\\.example\\.com/acme/(web|app)@refs/heads/main$')}`,
    ),
  },
  {
    id: 'flux/verify-anchors',
    setting: 'warn',
    summary: 'Patterns of issuers and subjects begin with ^ and end with $.',
    why: 'Flux searches for the pattern anywhere in the issuer or the subject: a signature from https://other.example/https://ci.example.com passes too.',
    fix: 'Begin each pattern with ^ and end it with $; in an alternative, each part.',
    bad: verified(`    matchOIDCIdentity:\n${identity('https://ci\\.example\\.com', SUBJECT)}`),
    good: GOOD,
  },
  {
    id: 'flux/verify-dots',
    setting: 'off',
    summary: 'Dots in patterns of issuers and subjects are escaped.',
    why: 'In a regular expression a dot stands for any character: ci.example.com also matches ci-example.com.',
    fix: 'Write \\. for a dot.',
    bad: verified(`    matchOIDCIdentity:\n${identity('^https://ci.example.com$', SUBJECT)}`),
    good: GOOD,
  },
  {
    id: 'flux/verify-unused',
    setting: 'warn',
    summary: 'Verification names a key or identities, not both.',
    why: 'With `secretRef` Flux checks signatures against the keys in it and looks at nothing else: identities and a trusted root beside it only seem to count.',
    fix: 'Remove one of the two.',
    bad: verified(`    secretRef:\n      name: cosign-key\n    matchOIDCIdentity:\n${identity(ISSUER, SUBJECT)}`),
    good: verified('    secretRef:\n      name: cosign-key\n'),
  },
];
