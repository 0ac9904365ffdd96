import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MatchSettings, SealSettings } from '../../src/config/seal-settings.ts';
import type { MadeProof, Subject } from '../../src/model.ts';
import { type OpenedSeal, openPolicy, openSeal, type SealContext } from '../../src/open-seal.ts';
import { tree } from '../build/tree.ts';
import { type FakeSigstore, type FakeSigstoreOptions, PATHS, startFakeSigstore } from '../fakes/sigstore.ts';
import { startFakeTuf } from '../fakes/sigstore-tuf.ts';
import { ISSUER, SUBJECT, tokenText } from '../seal/keyless/fixture.ts';
import { beside, shown, subject } from '../seal/proved.ts';
import { CANARY, everythingIn, quickHttp } from '../wire/sigstore/fixture.ts';
import { contextOf, fileIn, RUN } from './scene.ts';

const service = (url: string, majorApiVersion: number): object => ({
  url,
  majorApiVersion,
  validFor: { start: '2020-01-01T00:00:00Z' },
  operator: 'example.com',
});

/** The signing config of a fake, with logs of these versions. */
function signingConfig({ url }: FakeSigstore, ...logs: readonly (1 | 2)[]): string {
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [service(url, 1)],
    rekorTlogUrls: logs.map((version) => service(url, version)),
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: [service(`${url}/api/v1/timestamp`, 1)],
    tsaConfig: { selector: 'ANY' },
  });
}

interface Setting {
  readonly legacy?: boolean;
  readonly logs?: readonly (1 | 2)[];
  readonly identity?: MatchSettings;
  readonly token?: string;
}

/** A folder with the files of a fake, and settings that sign on it. */
function settingsOn(fake: FakeSigstore, { legacy = false, logs = [2, 1], identity }: Setting = {}): SealSettings {
  const root = tree({
    'root.json': JSON.stringify(fake.trustedRoot),
    'config.json': signingConfig(fake, ...logs),
  });
  return {
    sign: { signer: { kind: 'keyless', signingConfig: fileIn(root, 'config.json') }, legacy },
    verify: {
      signer: { kind: 'identity', identity: identity ?? { exactly: SUBJECT }, issuer: { exactly: ISSUER } },
      trustedRoot: fileIn(root, 'root.json'),
    },
  };
}

const contextWith = (token: string = tokenText()): SealContext =>
  contextOf({ SIGSTORE_ID_TOKEN: token }, { now: () => new Date(), http: quickHttp() });

const open = (fake: FakeSigstore, setting: Setting = {}): Promise<OpenedSeal> =>
  openSeal(settingsOn(fake, setting), RUN, contextWith(setting.token));

async function proved(
  { sealing, prover }: OpenedSeal,
  count = 1,
): Promise<{ readonly subjects: readonly Subject[]; readonly made: readonly MadeProof[] }> {
  const subjects = Array.from({ length: count }, (_, i) => subject(i, sealing.requires));
  return { subjects, made: (await prover?.prove(subjects)) ?? [] };
}

/** One for all tests that need no clock of its own: keys and certificates take time. */
let fake: FakeSigstore;
let before = 0;
beforeAll(async () => {
  fake = await startFakeSigstore();
});
beforeEach(() => {
  before = fake.requests.length;
});
afterAll(() => fake[Symbol.asyncDispose]());

/** What this test asked of it. */
const asked = (): readonly string[] => fake.requests.slice(before).map(({ path }) => path);
const count = (path: string): number => asked().filter((one) => one === path).length;

describe('a release signed by the job itself', () => {
  test('has one certificate, and one log entry and timestamp for each statement, and is accepted', async () => {
    const seal = await open(fake);
    const signer = `keyless:${SUBJECT} (${ISSUER})`;
    expect(seal.sealing.requires).toEqual([
      { kind: 'bundle', signer },
      { kind: 'views', signer },
    ]);
    expect(asked()).toEqual([]);
    const { subjects, made } = await proved(seal, 20);
    expect(made.map(({ proof }) => [proof.kind, proof.signer])).toEqual([
      ['bundle', signer],
      ['views', signer],
    ]);
    expect([count(PATHS.fulcio), count(PATHS.rekor2), count(PATHS.tsa)]).toEqual([1, 2, 2]);
    for (const one of subjects) {
      expect(await seal.sealing.policy?.accepts(shown(one, one.views[0]), beside(one, made))).toEqual([]);
    }
    expect(
      await seal.sealing.recognises?.(shown(subjects[0] as Subject), beside(subjects[0] as Subject, made)),
    ).toEqual([made[0]?.proof]);
  });

  test('needs no certificate log where the trusted root of one’s own lists none', async () => {
    await using bare = await startFakeSigstore({ sct: 'none' });
    const seal = await open({ ...bare, trustedRoot: { ...bare.trustedRoot, ctlogs: [] } });
    const { subjects, made } = await proved(seal);
    const one = subjects[0] as Subject;
    expect(await seal.sealing.policy?.accepts(shown(one, one.views[0]), beside(one, made))).toEqual([]);
    expect(await seal.sealing.recognises?.(shown(one), beside(one, made))).toEqual([made[0]?.proof]);
  });

  test('has a log entry for each .sig signature, in a Rekor v1 even where there is a newer log', async () => {
    const seal = await open(fake, { legacy: true });
    const { subjects, made } = await proved(seal, 3);
    expect([count(PATHS.fulcio), count(PATHS.rekor1), count(PATHS.rekor2)]).toEqual([1, 5, 0]);
    const one = subjects[0] as Subject;
    const found = beside(one, made);
    expect(found.signatures).toHaveLength(1);
    expect(await seal.sealing.policy?.accepts(shown(one), found)).toEqual([]);
    expect(await seal.sealing.policy?.accepts(shown(one), { ...found, bundles: [] })).toEqual([]);
    expect((await seal.sealing.recognises?.(shown(one), found))?.map(({ kind }) => kind)).toEqual([
      'bundle',
      'signature',
    ]);
  });

  test('cannot have .sig signatures where the only log is a Rekor v2, which is said before anything is built', async () => {
    await expect(open(fake, { legacy: true, logs: [2] })).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Cannot choose signing services: the signing config names no transparency log (Rekor v1) that works now',
      hint: 'legacy signatures need a Rekor v1 log; switch off `sign.legacy`, or sign with a key',
    });
    await expect(open(fake, { legacy: true, logs: [] })).rejects.toThrow('(Rekor v1)');
    expect(asked()).toEqual([]);
  });

  test('finds trust root and signing config by TUF, keeps them, and fetches nothing before it signs', async () => {
    await using tuf = await startFakeTuf({
      'trusted_root.json': JSON.stringify(fake.trustedRoot),
      'signing_config.v0.2.json': signingConfig(fake, 1),
    });
    const cache = tree({ 'root.json': tuf.root });
    const { sign, verify } = settingsOn(fake);
    const context: SealContext = {
      ...contextOf(
        { SIGSTORE_ID_TOKEN: tokenText(), XDG_CACHE_HOME: cache },
        { now: () => new Date(), http: quickHttp() },
      ),
      mirror: { mirror: tuf.url, root: join(cache, 'root.json') },
    };
    const settings: SealSettings = {
      sign: { legacy: sign?.legacy ?? false, signer: { kind: 'keyless' } },
      verify: verify?.signer === undefined ? {} : { signer: verify.signer },
    };
    const seal = await openSeal(settings, RUN, context);
    expect(tuf.requests).toEqual([]);
    const { subjects, made } = await proved(seal);
    const one = subjects[0] as Subject;
    expect(await seal.sealing.policy?.accepts(shown(one), beside(one, made))).toEqual([]);
    const fetched = tuf.requests.length;
    expect(fetched).toBeGreaterThan(0);
    const policy = await openPolicy(settings.verify ?? {}, context);
    expect(await policy.accepts(shown(one), beside(one, made))).toEqual([]);
    expect(tuf.requests).toHaveLength(fetched);
  });

  test('needs a signing config of the instance', async () => {
    await using tuf = await startFakeTuf({ 'trusted_root.json': JSON.stringify(fake.trustedRoot) });
    const home = tree({ 'root.json': tuf.root });
    const { verify } = settingsOn(fake);
    const context = { ...contextWith(), mirror: { mirror: tuf.url, root: join(home, 'root.json') } };
    const settings = { sign: { signer: { kind: 'keyless' }, legacy: false }, ...(verify && { verify }) } as const;
    const seal = await openSeal(settings, RUN, { ...context, env: { ...context.env, HOME: home } });
    await expect(proved(seal)).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'Cannot choose signing services: the Sigstore instance publishes no signing config',
      hint: 'name one with "sign.signingConfig"',
    });
  });
});

describe('an identity that merely contains the allowed one', () => {
  const EVIL = 'https://github.com/org/repo-evil/.github/workflows/release.yml@refs/heads/main';

  test.each<[string, MatchSettings, string]>([
    [
      'a pattern',
      { matching: 'https://github\\.com/org/repo/.*' },
      String.raw`/^(?:https://github\.com/org/repo/.*)$/`,
    ],
    ['an exact identity', { exactly: EVIL.slice(0, -1) }, `"${EVIL.slice(0, -1)}"`],
  ])('is refused by %s', async (_, identity, words) => {
    const seal = await open(fake, { identity, token: tokenText({ sub: EVIL }) });
    const { subjects, made } = await proved(seal);
    const one = subjects[0] as Subject;
    const bundle = { ...beside(one, made), bundles: beside(one, made).bundles.slice(0, 1) };
    await expect(seal.sealing.policy?.accepts(shown(one), bundle)).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: `Cannot trust "app-0" (${one.manifest.digest}): it is signed by "${EVIL}", expected ${words}`,
      hint: 'if this identity may sign, name it in the policy (--certificate-identity)',
    });
  });
});

interface Failure {
  readonly options?: FakeSigstoreOptions;
  readonly path?: string;
  readonly statuses?: readonly number[];
  readonly token?: () => string;
  readonly code: string;
  readonly message: RegExp;
  readonly hint: string;
}

const often = (status: number): readonly number[] => Array.from({ length: 5 }, () => status);

const soon = (): number => Math.floor(Date.now() / 1000) + 600;
const HOST = String.raw`"127\.0\.0\.1:\d+"`;
const TASKS: Readonly<Record<string, string>> = {
  CERT: `Cannot get a signing certificate for "${SUBJECT}": HOST`,
  LOG: 'Cannot log the signature: HOST',
  TSA: 'Cannot get a timestamp for the signature: HOST',
};
/** The whole text, with hosts and what was tried in short. */
const said = (text: string): RegExp =>
  new RegExp(`^${text.replace(/^[A-Z]{3,}/, (task) => TASKS[task] ?? task).replaceAll('HOST', HOST)}$`);

const FAILURES: Readonly<Record<string, Failure>> = {
  'a certificate authority that is busy': {
    path: PATHS.fulcio,
    statuses: often(429),
    code: 'RATE_LIMITED',
    message: said(`CERT answered 429`),
    hint: 'wait and run again: the certificate authority limits how often it is asked',
  },
  'a certificate authority that is out of order': {
    path: PATHS.fulcio,
    statuses: often(503),
    code: 'STORE',
    message: said(`CERT answered 503`),
    hint: 'the certificate authority is out of order; nothing was named yet, so run again later',
  },
  'a certificate authority that refuses the identity': {
    path: PATHS.fulcio,
    statuses: [403],
    code: 'DENIED',
    message: said(`CERT refused the identity token of "${ISSUER}" \\(no \\*\\*\\*\\)`),
    hint: 'check that HOST accepts identities of this issuer for the audience "sigstore"',
  },
  'a log that is busy': {
    path: PATHS.rekor1,
    statuses: often(429),
    code: 'RATE_LIMITED',
    message: said(`LOG answered 429`),
    hint: 'wait and run again: the transparency log limits how often it is asked',
  },
  'a log that is out of order': {
    path: PATHS.rekor1,
    statuses: often(500),
    code: 'STORE',
    message: said(`LOG answered 500`),
    hint: 'the transparency log is out of order; nothing was named yet, so run again later',
  },
  'a timestamp authority that is out of order': {
    path: PATHS.tsa,
    statuses: often(502),
    code: 'STORE',
    message: said(`TSA answered 502`),
    hint: 'the timestamp authority is out of order; nothing was named yet, so run again later',
  },
  'a clock that differs from the timestamp authority’s': {
    options: { stampClock: new Date('2022-02-02T02:02:02Z') },
    code: 'UNTRUSTED',
    message: said(`Cannot sign: HOST dates the signature \\d+ s before the life of its certificate`),
    hint: 'run again; if it stays, the clocks of the certificate authority and this service differ: tell its operator',
  },
  'a clock that differs from the token issuer’s': {
    path: PATHS.fulcio,
    statuses: [400],
    token: () => tokenText({ iat: soon(), nbf: soon() }),
    code: 'AUTH',
    message: said(`CERT refused the identity token of "${ISSUER}": it is valid only in \\d+ s`),
    hint: "the clocks of the token's issuer and of the certificate authority differ: set them by NTP",
  },
  'a token that has expired': {
    path: PATHS.fulcio,
    statuses: [400],
    token: () => tokenText({ exp: soon() - 700 }),
    code: 'AUTH',
    message: said(`CERT refused the identity token of "${ISSUER}": it expired \\d+ s ago`),
    hint: 'start a new job: these tokens live for minutes; request it right before it is used where the CI allows',
  },
  'a token for someone else': {
    path: PATHS.fulcio,
    statuses: [400],
    token: () => tokenText({ aud: 'vault' }),
    code: 'AUTH',
    message: said(`CERT refused the identity token of "${ISSUER}": it is for "vault", not for "sigstore"`),
    hint: 'request the token for the audience "sigstore"',
  },
  'a token that is none': {
    token: () => CANARY,
    code: 'AUTH',
    message: said(`Cannot use the identity token from SIGSTORE_ID_TOKEN: it is not a JWT`),
    hint: 'the token must be an OpenID Connect identity token \\(a JWT\\) of a CI system or identity provider',
  },
};

describe('signing that fails', () => {
  test.each(Object.entries(FAILURES))('by %s is said in full, without a secret', async (_, failure) => {
    const { options, path = '', statuses = [], token = tokenText, code, message, hint } = failure;
    await using other = options === undefined ? undefined : await startFakeSigstore(options);
    const asking = other ?? fake;
    const text = token();
    asking.fail(path, ...statuses.map((status) => ({ status, body: { message: `no ${text}` } })));
    const seal = await open(asking, { logs: [1], token: text });
    const lacks = seal.sealing.requires.slice(0, 1);
    const thrown: unknown = await seal.prover?.prove([subject(1, lacks)]).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      name: 'SlipwayError',
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(said(hint)),
    });
    const seen = inspect([seal, thrown], { depth: 20, showHidden: true }) + JSON.stringify([seal, thrown]);
    expect(seen + everythingIn(thrown)).not.toContain(CANARY);
  });
});
