/**
 * Releases signed by a job of a CI system on a Sigstore as the public one is: certificates that are in a certificate log, and a
 * Rekor of the first version, whose entries older verifiers need. cosign and its library believe that Sigstore's trusted root.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { SIGNING_CONFIG_TYPE } from '../../src/seal/keyless/signing-config.ts';
import { type FakeSigstore, PATHS, startFakeSigstore } from '../fakes/sigstore.ts';
import { ISSUER, SUBJECT, tokenText } from '../seal/keyless/fixture.ts';
import { closing } from './closing.ts';
import { start } from './peer.ts';
import { type RunningRegistry, startGoRegistry, toolPath } from './servers.ts';
import { byFlux, type Fleet, makeFleet, otherThan, referencesOf } from './signed-release.ts';

const atEnd = closing();
let sigstore: FakeSigstore;
let registry: RunningRegistry;
let fleet: Fleet;

const file = (name: string): string => join(fleet.home.path, name);

beforeAll(async () => {
  [sigstore, registry, fleet] = await Promise.all([startFakeSigstore(), startGoRegistry(), makeFleet(3)]);
  atEnd(async () => sigstore[Symbol.asyncDispose]());
  atEnd(registry.stop);
  atEnd(fleet.remove);
  const service = { majorApiVersion: 1, validFor: { start: '2020-01-01T00:00:00Z' }, operator: 'example.com' };
  const config = {
    mediaType: SIGNING_CONFIG_TYPE,
    caUrls: [{ ...service, url: sigstore.url }],
    rekorTlogUrls: [{ ...service, url: sigstore.url }],
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: [],
  };
  await writeFile(file('signing_config.json'), JSON.stringify(config));
  // Nobody is asked for a timestamp, so that readers must not wait for one: the log's promise tells the time.
  const trustedRoot = { ...sigstore.trustedRoot, timestampAuthorities: [] };
  await writeFile(file('trusted_root.json'), JSON.stringify(trustedRoot));
});

const who = ['-identity', SUBJECT, '-issuer', ISSUER, '-trusted-root', 'trusted_root.json'] as const;

test('a release with older signatures beside the bundle is accepted by identity, log entry and certificate log', async () => {
  const stores = { registry: `oci://${registry.host}/fleet/{artifact}` };
  const sign = { keyless: true, legacy: true, signingConfig: file('signing_config.json') };
  const verify = { identity: SUBJECT, issuer: ISSUER, trustedRoot: file('trusted_root.json') };
  const receipt = await fleet.publish({ stores, sign, verify }, { SIGSTORE_ID_TOKEN: tokenText() });
  expect(receipt.proved.map(({ kind, artifacts }) => [kind, artifacts])).toEqual([
    ['bundle', 3],
    ['signature', 3],
  ]);
  const asked = (path: string): number => sigstore.requests.filter((request) => request.path === path).length;
  // One entry for the statement, and one for each older signature: they are by the same certificate.
  expect([asked(PATHS.fulcio), asked(PATHS.rekor1), sigstore.sizes().v1]).toEqual([1, 4, 4]);

  const references = referencesOf(receipt);
  expect(otherThan({ format: 'bundle', ok: true }, await byFlux(who, references, fleet.home))).toEqual([]);
  const older = await byFlux([...who, '-mode', 'legacy'], references, fleet.home);
  expect(otherThan({ format: 'legacy', ok: true }, older)).toEqual([]);
  const other = ['-identity', `${SUBJECT}-evil`, ...who.slice(2)];
  expect(otherThan({ format: 'bundle', ok: false }, await byFlux(other, references, fleet.home))).toEqual([]);
  expect(await fleet.slipway(['verify', 'live'])).toMatchObject({ code: 0 });
});

test.each([['verify'], ['verify-attestation', '--type', 'slsaprovenance1']] as const)(
  'cosign %s takes it with the trusted root alone',
  async (...command) => {
    const args = [
      ...['--trusted-root', 'trusted_root.json', '--allow-http-registry'],
      ...['--certificate-identity', SUBJECT, '--certificate-oidc-issuer', ISSUER],
    ];
    const one = `${registry.host}/fleet/${fleet.names[0]}:live`;
    const ended = await start(toolPath('cosign'), [...command, ...args, one], { cwd: fleet.home.path });
    expect(ended).toMatchObject({ code: 0 });
  },
);
