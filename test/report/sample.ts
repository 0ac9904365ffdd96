import type { ArtifactReceipt, Finding, Receipt } from '../../src/model.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;

/** An artifact of a receipt. */
export function artifact(name: string, changes: Partial<ArtifactReceipt> = {}): ArtifactReceipt {
  return {
    name,
    changed: true,
    digest: digest('a'),
    manifest: digest('b'),
    size: 2345,
    resources: 12,
    proofs: [],
    stores: { eu: { state: 'current', reference: `oci://eu/${name}:prod`, fluxRevision: `prod@${digest('b')}` } },
    ...changes,
  };
}

/** A receipt of a run that published one artifact to two stores, one of which failed. */
export function receipt(changes: Partial<Receipt> = {}): Receipt {
  return {
    schema: 1,
    outcome: 'published',
    project: 'default',
    channel: 'prod',
    generation: 7,
    revision: 'main@sha1:0123456789012345678901234567890123456789',
    record: '0'.repeat(32),
    stores: {
      eu: { state: 'current', lock: 'none', url: 'oci://eu/{artifact}', generation: 7 },
      us: {
        state: 'failed',
        lock: 'cas',
        url: 's3://us/gitops',
        generation: 6,
        error: { code: 'NETWORK', message: 'Cannot reach "us"', hint: 'check the network' },
      },
    },
    artifacts: [artifact('web')],
    findings: [],
    proved: [],
    warnings: [],
    refusals: [],
    requests: { eu: { reads: 3, writes: 1 }, us: { reads: 1, writes: 0 } },
    seconds: { pack: 0.1, total: 1.26 },
    ...changes,
  };
}

/** A finding in a source file. */
export function finding(changes: Partial<Finding> = {}): Finding {
  return {
    rule: 'schema/unknown-field',
    severity: 'error',
    artifact: 'web',
    file: 'deploy/web.yaml',
    line: 12,
    column: 7,
    object: 'Deployment payments/web',
    path: 'spec.replica',
    message: 'Unknown field "replica"',
    hint: 'did you mean "replicas"',
    ...changes,
  };
}
