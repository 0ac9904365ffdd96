/** A Sigstore of one's own, of the real programs, on loopback. Nothing of it reaches another machine. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Services } from '../../src/seal/keyless/services.ts';
import { type AnswerServer, startAnswers } from '../fakes/answers.ts';
import { folder } from './folder.ts';
import { run } from './peer.ts';
import { launch, type ServerProcess } from './server-process.ts';
import { freePort, toolPath } from './servers.ts';

type Claims = Readonly<Record<string, unknown>>;

/** The two kinds of identities that the issuer vouches for: a job of a CI system, and a person. */
export type Persona = 'ci' | 'mail';

/** What certificates of the CI's job name. */
export const CI_IDENTITY = 'https://github.com/org/repo/.github/workflows/release.yml@refs/heads/main';
/** What certificates of the person name. */
export const MAIL_IDENTITY = 'release@team.example';
/** The commit that the CI's job was about. */
export const COMMIT: string = 'a'.repeat(40);

const WORKFLOW = 'org/repo/.github/workflows/release.yml@refs/heads/main';

/** The claims of a persona's tokens. Fulcio refuses a workflow's token that lacks any of these. */
const CLAIMS: Readonly<Record<Persona, Claims>> = {
  ci: {
    sub: 'repo:org/repo:ref:refs/heads/main',
    job_workflow_ref: WORKFLOW,
    job_workflow_sha: COMMIT,
    workflow_ref: WORKFLOW,
    workflow_sha: COMMIT,
    workflow: 'release',
    sha: COMMIT,
    ref: 'refs/heads/main',
    event_name: 'push',
    repository: 'org/repo',
    repository_id: '1',
    repository_owner: 'org',
    repository_owner_id: '2',
    repository_visibility: 'private',
    runner_environment: 'self-hosted',
    run_id: '3',
    run_attempt: '1',
  },
  mail: { sub: 'person-1', email: MAIL_IDENTITY, email_verified: true },
};

/** An OpenID Connect provider. */
export interface RunningIssuer {
  /** What tokens of a persona name as their issuer. */
  readonly url: (persona: Persona) => string;
  /** A signed token, just issued and valid for five minutes unless the claims say otherwise. */
  readonly token: (persona: Persona, claims?: Claims) => string;
  readonly stop: () => Promise<void>;
}

/** Certificate authority without a certificate log, transparency log of version 2, timestamp authority, and their issuer. */
export interface RunningSigstore {
  readonly issuer: RunningIssuer;
  readonly services: Services;
  /** The base URL of the one log. */
  readonly log: URL;
  /** The `trusted_root.json` that cosign has made of the services' certificates and keys. */
  readonly trustedRoot: Buffer;
  readonly stop: () => Promise<void>;
}

/** Starts everything. What has been started is stopped when the rest fails. */
export async function startSigstore(): Promise<RunningSigstore> {
  const running: { readonly stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(running.splice(0).map((one) => one.stop())));
  const keep = async <T extends { readonly stop: () => Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    running.push(one);
    return one;
  };
  try {
    const issuer = await keep(startIssuer());
    // One after the other: when one fails, none is still on its way.
    const authority = await keep(startFulcio(issuer));
    const log = await keep(startRekor());
    const timestamps = await keep(startTimestamps());
    const trustedRoot = await makeTrustedRoot(authority, log, timestamps);
    const url = new URL(log.url);
    const services: Services = {
      authority: new URL(authority.url),
      logs: [{ url, version: 2 }],
      timestamps: [new URL(`${timestamps.url}/api/v1/timestamp`)],
    };
    return { issuer, services, log: url, trustedRoot, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startIssuer(): Promise<RunningIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'only', use: 'sig', alg: 'RS256' };
  const server: AnswerServer = await startAnswers(({ url: path = '' }, response) => {
    response.setHeader('content-type', 'application/json');
    const [, persona, ...rest] = path.split('/');
    const base = `${server.url}/${persona}`;
    response.end(JSON.stringify(rest[0] === '.well-known' ? discovery(base) : { keys: [key] }));
  });
  const url = (persona: Persona): string => `${server.url}/${persona}`;
  const token = (persona: Persona, claims: Claims = {}): string => {
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, exp: now + 300 };
    const all = { iss: url(persona), aud: 'sigstore', ...times, ...CLAIMS[persona], ...claims };
    const signed = [{ alg: 'RS256', kid: 'only', typ: 'JWT' }, all].map(encoded).join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };
  return { url, token, stop: server.stop };
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const discovery = (issuer: string): object => ({
  issuer,
  jwks_uri: `${issuer}/keys`,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
});

/** A service with what a trusted root has to hold of it, in PEM. */
interface Service {
  readonly url: string;
  readonly pem: string;
  readonly stop: () => Promise<void>;
}

/** Fulcio 1.8 with an authority that lives as long as the process. */
function startFulcio(issuer: RunningIssuer): Promise<Service> {
  const types: Readonly<Record<Persona, string>> = { ci: 'github-workflow', mail: 'email' };
  const issuers = Object.entries(types).map(([persona, type]) => {
    const url = issuer.url(persona as Persona);
    return [url, { IssuerURL: url, ClientID: 'sigstore', Type: type }];
  });
  const config = JSON.stringify({ OIDCIssuers: Object.fromEntries(issuers) });
  return onFreePort(async (port) => {
    const server = await launch({
      tool: 'fulcio',
      prepare: (home) => writeFile(join(home, 'config.json'), config),
      args: (home) => [
        ...['serve', '--ca', 'ephemeralca', '--ct-log-url', '', '--config-path', join(home, 'config.json')],
        ...['--host', '127.0.0.1', '--port', String(port), '--grpc-host', '127.0.0.1', '--grpc-port', '0'],
        // By default a socket of a fixed name, of which a machine has one.
        ...['--metrics-port', '0', '--legacy-unix-domain-socket', join(home, 'legacy.sock')],
      ],
    });
    const url = `http://127.0.0.1:${port}`;
    const bundle = await server.waitFor(() => textOf(`${url}/api/v2/trustBundle`));
    const { chains } = JSON.parse(bundle) as { readonly chains: readonly { readonly certificates: string[] }[] };
    return { url, pem: (chains[0]?.certificates ?? []).join('\n'), stop: server.stop };
  });
}

/** Rekor v2 on a file system. It refuses port 0, which Fulcio takes without telling what it got. */
function startRekor(): Promise<Service> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return onFreePort(async (port) => {
    const grpcPort = await freePort();
    const server = await launch({
      tool: 'rekor-tiles',
      prepare: async (home) => {
        await mkdir(join(home, 'tiles'));
        await writeFile(join(home, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
      },
      args: (home) => [
        ...['serve', '--signer-filepath', join(home, 'key.pem'), '--storage-dir', join(home, 'tiles')],
        // The log's name, which its checkpoints are signed with: verifiers expect the host of its URL.
        ...['--hostname', '127.0.0.1', '--http-port', String(port), '--grpc-port', String(grpcPort)],
        ...['--http-metrics-port', '0', '--checkpoint-interval', '100ms'],
        // As the public logs are: an entry is handed out once.
        '--persistent-antispam',
      ],
    });
    const url = `http://127.0.0.1:${port}`;
    await server.waitFor(() => textOf(`${url}/healthz`));
    return { url, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), stop: server.stop };
  });
}

/** Sigstore's timestamp authority, with a chain that lives as long as the process. */
async function startTimestamps(): Promise<Service> {
  const server: ServerProcess = await launch({
    tool: 'timestamp-server',
    args: () => [
      ...['serve', '--host', '127.0.0.1', '--port', '0', '--timestamp-signer', 'memory'],
      // It would compare its clock with servers of the internet.
      '--disable-ntp-monitoring',
    ],
  });
  const told = /Serving timestamp server at (http:\/\/127\.0\.0\.1:\d+)/;
  const url = await server.waitFor(() => told.exec(server.output())?.[1]);
  const pem = await server.waitFor(() => textOf(`${url}/api/v1/timestamp/certchain`));
  return { url, pem, stop: server.stop };
}

/** By cosign, so that what we read is what others write. */
async function makeTrustedRoot(authority: Service, log: Service, timestamps: Service): Promise<Buffer> {
  await using home = await folder();
  const file = async (name: string, { pem }: Service): Promise<string> => {
    await writeFile(join(home.path, name), pem);
    return name;
  };
  const start = 'start-time=2020-01-01T00:00:00Z';
  const chain = async (name: string, service: Service): Promise<string> =>
    `url=${service.url},certificate-chain=${await file(name, service)},${start}`;
  const args = [
    ...['trusted-root', 'create', '--out', 'trusted_root.json'],
    ...['--fulcio', await chain('authority.pem', authority), '--tsa', await chain('timestamps.pem', timestamps)],
    ...['--rekor', `url=${log.url},public-key=${await file('log.pem', log)},${start},origin=127.0.0.1`],
  ];
  await run(toolPath('cosign'), args, { cwd: home.path });
  return await readFile(join(home.path, 'trusted_root.json'));
}

/** Another process may take the port before the server does; then once more. */
async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use/i.test(error.message);
      if (!isTaken || attempt === 3) throw error;
    }
  }
}

async function textOf(url: string): Promise<string | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  if (response?.ok === true) return await response.text();
  await response?.body?.cancel();
  return undefined;
}
