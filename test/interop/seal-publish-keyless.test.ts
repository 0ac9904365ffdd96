/** Releases signed by the job of a CI system, by the command line and a Sigstore of one's own: what they cost, and who accepts them. */
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SIGNING_CONFIG_TYPE } from '../../src/seal/keyless/signing-config.ts';
import { startAnswers } from '../fakes/answers.ts';
import { closing } from './closing.ts';
import { verdictsOn } from './keyless.ts';
import { type RunningRegistry, startDistribution, startGoRegistry } from './servers.ts';
import { byFlux, type Config, type Fleet, makeFleet, otherThan, proofsOf, referencesOf } from './signed-release.ts';
import { CI_IDENTITY, type RunningSigstore, startSigstore } from './sigstore.ts';
import { tagsOf } from './tags.ts';

/** It contains the identity's repository. */
const EVIL_IDENTITY = CI_IDENTITY.replace('org/repo', 'org/repo-evil');
const CERTIFICATE = '/api/v2/signingCert';
const ENTRY = '/api/v2/log/entries';
const TIMESTAMP = '/api/v1/timestamp';

const atEnd = closing();
let sigstore: RunningSigstore;
/** Where the services are asked, in the order of the requests. */
const asked: string[] = [];
let signingConfig: Buffer;
beforeAll(async () => {
  sigstore = await startSigstore();
  atEnd(sigstore.stop);
  const front = await startAnswers(forwarding(sigstore));
  atEnd(front.stop);
  const service = (path: string, majorApiVersion: number): object => ({
    url: `${front.url}${path}`,
    majorApiVersion,
    validFor: { start: '2020-01-01T00:00:00Z' },
    operator: 'example.com',
  });
  const config = {
    mediaType: SIGNING_CONFIG_TYPE,
    caUrls: [service('', 1)],
    rekorTlogUrls: [service('', 2)],
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: [service(TIMESTAMP, 1)],
    tsaConfig: { selector: 'ANY' },
  };
  signingConfig = Buffer.from(JSON.stringify(config));
});
beforeEach(() => void asked.splice(0));

/** In front of all services, whose paths differ. */
function forwarding({ services: { authority, logs, timestamps } }: RunningSigstore): RequestListener {
  const behind = new Map([
    [CERTIFICATE, authority],
    [ENTRY, logs[0]?.url],
    [TIMESTAMP, timestamps[0]],
  ]);
  return async (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const answer = await fetch(new URL(path, behind.get(path)), {
      method: 'POST',
      headers,
      body: await buffer(request),
    });
    const type = answer.headers.get('content-type') ?? '';
    response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
  };
}

/** A fleet whose config lets this identity count, and the environment of the job that signs. */
async function keylessFleet(count: number, stores: Config['stores']) {
  const fleet = await makeFleet(count);
  atEnd(fleet.remove);
  const file = (name: string): string => join(fleet.home.path, name);
  await writeFile(file('signing_config.json'), signingConfig);
  await writeFile(file('trusted_root.json'), sigstore.trustedRoot);
  const sign = { keyless: true, signingConfig: file('signing_config.json') };
  const who = { identity: CI_IDENTITY, issuer: sigstore.issuer.url('ci') };
  const verify = { ...who, trustedRoot: file('trusted_root.json') };
  return { fleet, config: { stores, sign, verify } };
}

const jobOf = (claims: Readonly<Record<string, unknown>> = {}) => ({
  SIGSTORE_ID_TOKEN: sigstore.issuer.token('ci', claims),
});

test.each([
  [3, 'without the referrers API', startDistribution],
  [3, 'with the referrers API', startGoRegistry],
  [500, 'with the referrers API', startGoRegistry],
] as const)(
  '%i artifacts in a registry %s cost one certificate, one log entry and one timestamp, and all are accepted',
  async (count, _, startRegistry) => {
    const registry = await startRegistry();
    atEnd(registry.stop);
    const { fleet, config } = await keylessFleet(count, { registry: `oci://${registry.host}/fleet/{artifact}` });
    const receipt = await fleet.publish(config, jobOf());
    expect(receipt).toMatchObject({
      outcome: 'published',
      warnings: [],
      proved: [{ kind: 'bundle', artifacts: count }],
    });
    expect(asked.sort()).toEqual([TIMESTAMP, ENTRY, CERTIFICATE].sort());
    expect(proofsOf(receipt, 'bundle')).toHaveLength(1);

    const references = referencesOf(receipt);
    expect(references).toHaveLength(count);
    expect(otherThan({ format: 'bundle', ok: true }, await byIdentity(fleet, CI_IDENTITY, references))).toEqual([]);
    const { byCosign } = verdictsOn(sigstore, fleet.home);
    for (const reference of references.slice(0, 3)) {
      expect(await byCosign({}, 'verify', reference)).toMatchObject({ code: 0 });
      expect(await byCosign({}, 'verify-attestation', reference)).toMatchObject({ code: 0 });
    }
    expect(await fleet.slipway(['verify', 'live'])).toMatchObject({ code: 0 });

    expect(await fleet.publish(config, jobOf())).toMatchObject({ outcome: 'unchanged', proved: [] });
    expect(asked).toHaveLength(3);
  },
);

const byIdentity = (fleet: Fleet, identity: string, references: readonly string[]) =>
  byFlux(
    [
      ...['-identity', identity, '-issuer', sigstore.issuer.url('ci')],
      ...['-trusted-root', 'trusted_root.json', '-ignore-sct'],
    ],
    references,
    fleet.home,
  );

describe('a job', () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startGoRegistry();
    atEnd(registry.stop);
  });
  const store = (name: string): string => `oci://${registry.host}/${name}/{artifact}`;

  test('whose release is in a bucket too asks for one more entry and timestamp, by the same certificate', async () => {
    const { fleet, config } = await keylessFleet(3, { registry: store('both') });
    const stores = { ...config.stores, bucket: `file:${fleet.home.path}/bucket?layout=tarball` };
    const receipt = await fleet.publish({ ...config, stores }, jobOf());
    expect(receipt.proved.map(({ kind, artifacts }) => ({ kind, artifacts }))).toEqual([
      { kind: 'bundle', artifacts: 3 },
      { kind: 'views', artifacts: 3 },
    ]);
    expect(asked.sort()).toEqual([TIMESTAMP, TIMESTAMP, ENTRY, ENTRY, CERTIFICATE].sort());
    expect(await fleet.slipway(['verify', 'live'])).toMatchObject({ code: 0 });
  });

  test('is not taken for one whose identity contains its own, nor the other way round', async () => {
    const { fleet, config } = await keylessFleet(3, { registry: store('right') });
    const receipt = await fleet.publish(config, jobOf());
    const [one = ''] = referencesOf(receipt);
    const trust = ['--certificate-oidc-issuer', config.verify.issuer, '--trusted-root', config.verify.trustedRoot];
    const byUs = (...who: readonly string[]) => fleet.slipway(['verify', `oci://${one}`, ...who, ...trust]);
    const pattern = CI_IDENTITY.replaceAll('.', '\\.');
    expect(await byUs('--certificate-identity', CI_IDENTITY)).toMatchObject({ code: 0 });
    expect(await byUs('--certificate-identity-regexp', pattern)).toMatchObject({ code: 0 });
    const refused = { code: 5, stdout: expect.stringContaining(`it is signed by "${CI_IDENTITY}"`) };
    expect(await byUs('--certificate-identity', EVIL_IDENTITY)).toMatchObject(refused);
    expect(await byUs('--certificate-identity-regexp', 'https://github\\.com/org/repo')).toMatchObject(refused);
    const verdicts = await byIdentity(fleet, EVIL_IDENTITY, [one]);
    expect(verdicts).toMatchObject([
      { format: 'bundle', ok: false, error: expect.stringContaining('expected SAN value') },
    ]);
  });

  test('of another repository publishes nothing where this one has to', async () => {
    const { fleet, config } = await keylessFleet(3, { registry: store('wrong') });
    await fleet.configure(config);
    const workflow = EVIL_IDENTITY.replace('https://github.com/', '');
    const job = jobOf({ repository: 'org/repo-evil', job_workflow_ref: workflow, workflow_ref: workflow });
    const { code, stdout, stderr } = await fleet.slipway(['publish', '--output', 'json'], job);
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringContaining(`it is signed by "${EVIL_IDENTITY}"`),
    });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', generation: 0 });
    expect(
      [...(await tagsOf(registry)).keys()].filter((tag) => tag.startsWith('wrong/') && tag.endsWith(':live')),
    ).toEqual([]);
    expect(stdout + stderr).not.toContain(job.SIGSTORE_ID_TOKEN.split('.')[2]);
  });
});
