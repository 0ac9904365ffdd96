import { expect, test } from 'vitest';
import type { Digest, Evidence, Verification, VerifiedArtifact } from '../../src/model.ts';
import { painter } from '../../src/report/paint.ts';
import { verifiedJson, verifiedText } from '../../src/report/verified.ts';

const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`;

const BY_KEY: Evidence = {
  checked: [{ what: 'format', detail: 'Sigstore bundle v0.3' }],
  notes: [],
  warnings: [],
  signer: { kind: 'key', fingerprint: digest('f') },
};

const KEYLESS: Evidence = {
  checked: [
    { what: 'format', detail: 'Sigstore bundle v0.3' },
    { what: 'identity', detail: 'as expected' },
    { what: 'format', detail: 'Sigstore bundle v0.3' },
  ],
  notes: ['the first layer was read', 'and no other'],
  warnings: ['older readers refuse it: sign with "legacy: true"'],
  signer: {
    kind: 'certificate',
    identity: 'https://example.com/release@main\u001b[2J',
    issuer: 'https://issuer.example',
  },
  time: '2026-01-02T03:04:05.000Z',
  log: { url: 'https://log.example', index: '17' },
  provenance: {
    builder: 'https://builder.example',
    source: 'git+https://example.com/fleet',
    commit: 'c0ffee',
    run: 'https://ci.example/1',
  },
};

const trusted = (artifact: string, store: string, evidence: Evidence = BY_KEY): VerifiedArtifact => ({
  artifact,
  store,
  verdict: 'trusted',
  chain: [
    { what: 'tag', shown: 'prod' },
    { what: 'manifest', shown: '', digest: digest('a') },
    { what: 'content', shown: '', digest: digest('b') },
  ],
  evidence,
});

const answer = (reference: string, ...artifacts: readonly VerifiedArtifact[]): Verification => {
  const count = (verdict: VerifiedArtifact['verdict']): number =>
    artifacts.filter((artifact) => artifact.verdict === verdict).length;
  const counts = { trusted: count('trusted'), untrusted: count('untrusted'), unreadable: count('unreadable') };
  const verdict = counts.untrusted > 0 ? 'untrusted' : counts.unreadable > 0 ? 'unreadable' : 'trusted';
  return { schema: 1, verdict, counts, references: [{ reference, verdict, artifacts }] };
};

test('a single artifact is told in full, without what moves a cursor', () => {
  const one = { ...trusted('web', 'oci://example.com', KEYLESS), rebuild: { equal: true, digest: digest('b') } };
  expect(verifiedText(answer('oci://example.com/fleet/web:prod', one))).toBe(`trusted: oci://example.com/fleet/web:prod
  artifact  web
  shows     tag prod
            -> manifest ${digest('a')}
            -> content ${digest('b')}
  signer    https://example.com/release@main\uFFFD[2J (issuer https://issuer.example)
  log       entry 17 of https://log.example
  time      2026-01-02T03:04:05.000Z
  source    git+https://example.com/fleet, commit c0ffee
  run       https://ci.example/1
  builder   https://builder.example
  checked   format: Sigstore bundle v0.3
            identity: as expected
  note      the first layer was read
            and no other
  warning   older readers refuse it: sign with "legacy: true"
  rebuild   equal: the checkout makes the same content
`);
});

test('of many, those that are fine have a line each and the others everything', () => {
  const untrusted: VerifiedArtifact = {
    artifact: 'payments',
    store: 'us',
    verdict: 'untrusted',
    chain: [
      { what: 'record', shown: 'generation 7 of prod' },
      { what: 'object', shown: 'channels/prod/payments/manifests.yaml', digest: digest('d') },
    ],
    error: { code: 'UNTRUSTED', message: 'Cannot trust "payments": none is good\n  one: \u001b[2J', hint: 'sign it' },
  };
  const different: VerifiedArtifact = {
    ...trusted('api', 'eu'),
    rebuild: {
      equal: false,
      digest: digest('e'),
      error: { code: 'SOURCE', message: '"api" differs from what the checkout makes', hint: 'check out "c0ffee"' },
    },
  };
  const failed: VerifiedArtifact = {
    store: 'lab',
    verdict: 'unreadable',
    chain: [],
    error: { code: 'NETWORK', message: 'The store is unreachable' },
  };
  const web = [trusted('web', 'eu', KEYLESS), trusted('web', 'us', KEYLESS), trusted('cron', 'eu')];
  expect(
    verifiedText(answer('prod', ...web, different, untrusted, failed)),
  ).toBe(`VERDICT  ARTIFACT  CONTENT              WHERE       SIGNER
trusted  web       sha256:bbbbbbbbbbbb  prod in eu  https://example.com/release@main\uFFFD[2J
trusted  web       sha256:bbbbbbbbbbbb  prod in us  https://example.com/release@main\uFFFD[2J
trusted  cron      sha256:bbbbbbbbbbbb  prod in eu  key sha256:ffffffffffff

warning (2 artifacts): older readers refuse it: sign with "legacy: true"

trusted: prod
  artifact  api
  store     eu
  shows     tag prod
            -> manifest ${digest('a')}
            -> content ${digest('b')}
  signer    key ${digest('f')}
  checked   format: Sigstore bundle v0.3
  rebuild   different: the checkout makes ${digest('e')}
error[SOURCE]: "api" differs from what the checkout makes
hint: check out "c0ffee"

untrusted: prod
  artifact  payments
  store     us
  shows     generation 7 of prod
            -> channels/prod/payments/manifests.yaml ${digest('d')}
error[UNTRUSTED]: Cannot trust "payments": none is good
  one: \uFFFD[2J
hint: sign it

unreadable: prod
  store  lab
error[NETWORK]: The store is unreachable

4 trusted, 1 untrusted, 1 unreadable, 1 built differently
`);
});

test('a reference under which there is nothing has its reason', () => {
  const nothing: Verification = {
    schema: 1,
    verdict: 'unreadable',
    counts: { trusted: 0, untrusted: 0, unreadable: 1 },
    references: [
      {
        reference: 'prod',
        verdict: 'unreadable',
        artifacts: [],
        error: { code: 'NETWORK', message: 'The store is unreachable', hint: 'look at the network' },
      },
    ],
  };
  expect(verifiedText(nothing)).toBe(
    'unreadable: prod\nerror[NETWORK]: The store is unreachable\nhint: look at the network\n',
  );
  expect(JSON.parse(verifiedJson(nothing))).toEqual(nothing);
});

test('verdicts have colours on a terminal', () => {
  const text = verifiedText(answer('file:store/web:prod', trusted('web', 'file:store')), painter(true));
  expect(text.split('\n')[0]).toBe('\u001b[32mtrusted\u001b[39m: file:store/web:prod');
});
