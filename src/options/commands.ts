/** The table of commands. */
import type { Command } from './option.ts';

/** All commands, in the order of help. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'build',
    summary: 'Render and pack artifacts, without touching any store',
    examples: [
      { line: 'slipway build', what: 'everything that slipway.yaml lists; prints the digests' },
      { line: 'slipway build ./deploy --render kustomize --out dist/manifests', what: 'one folder, written as files' },
    ],
  },
  {
    name: 'check',
    summary: 'Find what the API server, Flux or the owner of a tenant would refuse',
    examples: [
      { line: 'slipway check', what: 'everything that slipway.yaml lists' },
      { line: 'slipway check ./deploy --render kustomize --kubernetes 1.34', what: 'one folder, for one version' },
      { line: 'slipway check --report sarif=slipway.sarif', what: 'text in the log, and a file for code scanning' },
      { line: 'slipway check oci://ghcr.io/acme/fleet:staging', what: 'what is published' },
      {
        line: "slipway check --against 'oci://ghcr.io/acme/fleet/{artifact}:prod'",
        what: 'what an update of the clusters would refuse, too',
      },
      { line: 'slipway check --list-rules', what: 'all rules, with what they are set to' },
    ],
  },
  {
    name: 'diff',
    summary: 'Show what is different between two releases, object by object',
    examples: [
      { line: 'slipway diff', what: 'what a publish of this checkout would change in the default channel' },
      { line: 'slipway diff prod staging', what: 'what a promotion would change' },
      { line: 'slipway diff prod@41 prod --output markdown --out diff.md', what: 'since generation 41, for a comment' },
      { line: 'slipway diff 1.4.0 1.5.0 --unified --exit-code', what: 'two versions, as YAML' },
    ],
  },
  {
    name: 'doctor',
    summary: 'Tell whether the stores can be published to, and what they cannot promise',
    examples: [
      { line: 'slipway doctor', what: 'every store of slipway.yaml; buckets are tried and marked' },
      { line: 'slipway doctor --store us --no-write', what: 'one store, without writing anything' },
    ],
  },
  {
    name: 'explain',
    summary: 'Tell what a rule demands, why, and how to keep it',
    examples: [{ line: 'slipway explain object/not-an-object', what: 'one rule, with an example' }],
  },
  {
    name: 'freeze',
    summary: 'Let nothing be published to a channel until it is unfrozen',
    examples: [{ line: 'slipway freeze prod --reason "end of the quarter"', what: 'publish and promote refuse' }],
  },
  {
    name: 'heal',
    summary: 'Read everything back, and write again what stores lost or damaged',
    examples: [
      {
        line: 'slipway heal',
        what: 'every channel and version, in all its stores; needs no checkout and signs nothing',
      },
      { line: 'slipway heal prod --store us', what: 'one store, from what the others have' },
      { line: 'slipway heal --dry-run --output json', what: 'what would be written, as JSON' },
    ],
  },
  {
    name: 'keygen',
    summary: 'Make a key pair to sign with, which cosign and Flux read',
    examples: [
      { line: 'slipway keygen', what: 'slipway.key and slipway.pub; SLIPWAY_KEY_PASSWORD holds the passphrase' },
      { line: 'slipway keygen --type rsa-4096 --out keys/prod', what: 'keys/prod.key and keys/prod.pub' },
    ],
  },
  {
    name: 'log',
    summary: 'Show the generations of a channel: what, when, by whom, from which commit',
    examples: [
      { line: 'slipway log prod', what: 'the newest generations' },
      { line: 'slipway log prod --at 2026-05-01T12:00Z', what: 'what was live at that time' },
      { line: 'slipway log prod --artifact web --limit 50 --output json', what: 'one artifact, as JSON' },
    ],
  },
  {
    name: 'plan',
    summary: 'Tell what a publish would do, and write it down so that exactly that can be published',
    examples: [
      { line: 'slipway plan --channel prod', what: 'what changes on which cluster, requests, revisions, findings' },
      { line: 'slipway plan --channel prod --out plan.json --built built', what: 'a plan, with what was built' },
      { line: 'slipway plan --exit-code', what: 'exit code 1 when anything would change' },
    ],
  },
  {
    name: 'promote',
    summary: 'Bring what one channel or version has into another channel: same digests, same proofs, no build',
    examples: [
      { line: 'slipway promote --from staging --to prod', what: 'the newest release of staging' },
      { line: 'slipway promote --from 1.4.0 --to prod', what: 'a version' },
      {
        line: 'slipway promote --from staging@41 --to prod --wave canary',
        what: 'up to one wave, from one generation',
      },
    ],
  },
  {
    name: 'prune',
    summary: 'Delete what no kept release, version or name needs',
    examples: [
      { line: 'slipway prune', what: 'what would be deleted, and what is not old enough; writes nothing' },
      { line: 'slipway prune --yes', what: 'marks what nothing needs, and deletes what was marked a day ago' },
      { line: 'slipway prune --keep 30 --min-age 7d --yes', what: 'more releases, for longer' },
    ],
  },
  {
    name: 'publish',
    summary: 'Build artifacts and publish them to every store, names last',
    examples: [
      { line: 'slipway publish --channel staging', what: 'what slipway.yaml lists' },
      { line: 'slipway publish --channel prod --version 1.4.0', what: 'the channel, and a name that never moves' },
      { line: 'slipway publish ./deploy --to oci://ghcr.io/acme/fleet:staging', what: 'one folder, no config file' },
      { line: 'slipway publish --key slipway.key', what: 'signed; SLIPWAY_KEY_PASSWORD holds the passphrase' },
      { line: 'slipway publish --dry-run --output json', what: 'what would happen, as JSON' },
      { line: 'slipway publish --plan plan.json --built built', what: 'what was planned, or nothing' },
      { line: 'slipway publish --bundle release.tar --channel prod', what: 'what slipway pull --bundle took along' },
    ],
  },
  {
    name: 'pull',
    summary: 'Read an artifact back and check it against its digest',
    examples: [
      { line: 'slipway pull oci://ghcr.io/acme/fleet:staging -o ./live', what: 'the files that the consumer reads' },
      { line: 'slipway pull prod --bundle release.tar', what: 'a whole channel with its proofs, as one file' },
    ],
  },
  {
    name: 'retire',
    summary: 'Remove decommissioned artifacts from a channel',
    examples: [
      { line: 'slipway retire old-cluster --channel prod', what: 'it stays as it is on its cluster, without updates' },
    ],
  },
  {
    name: 'rollback',
    summary: 'Bring back what a channel had before: same digests, same proofs, as a new generation',
    examples: [
      { line: 'slipway rollback --channel prod', what: 'the release before this one' },
      {
        line: 'slipway rollback --channel prod --to 41 --dry-run',
        what: 'what going back to generation 41 would change',
      },
      { line: 'slipway rollback --channel prod --to 1.4.1', what: 'a version' },
    ],
  },
  {
    name: 'status',
    summary: 'Show what is live in every channel and store, and who lags behind',
    examples: [
      { line: 'slipway status', what: 'all channels' },
      { line: 'slipway status prod --output json', what: 'one channel, as JSON' },
    ],
  },
  {
    name: 'unfreeze',
    summary: 'Let a frozen channel move again',
    examples: [{ line: 'slipway unfreeze prod', what: 'publish and promote go on' }],
  },
  {
    name: 'verify',
    summary: 'Tell whether what is published is whole, and signed by whom it has to be',
    examples: [
      { line: 'slipway verify prod', what: 'every artifact of a channel, in all its stores, as slipway.yaml says' },
      { line: 'slipway verify oci://ghcr.io/acme/fleet/web:prod --key slipway.pub', what: 'one artifact, by a key' },
      {
        line: 'slipway verify s3://fleet-us/gitops/channels/prod/web/manifests.yaml --certificate-identity https://github.com/acme/fleet/.github/workflows/release.yml@refs/heads/main --certificate-oidc-issuer https://token.actions.githubusercontent.com',
        what: 'an object of a bucket, by the identity of a workflow',
      },
      { line: 'slipway verify prod --rebuild', what: 'and that this checkout builds exactly that' },
      { line: 'slipway verify manifests.yaml --bundle manifests.sigstore.json --key slipway.pub', what: 'a file' },
    ],
  },
  {
    name: 'whois',
    summary: 'Tell where a digest comes from: artifact, channels, generations, commit',
    examples: [{ line: 'slipway whois sha256:1f9c07aa', what: 'a content, a manifest, a view of a bucket or a proof' }],
  },
];
