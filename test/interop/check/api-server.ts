/** A real API server with its etcd, empty but for Flux's CRDs, that is asked what it would say. */
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { dataPath } from '../data.ts';
import { launch, type ServerProcess } from '../server-process.ts';
import { freePort } from '../servers.ts';
import type { Manifest } from './manifest.ts';

/** What the server says to an object. */
export interface Answer {
  readonly accepted: boolean;
  readonly status: number;
  /** Why it refuses. */
  readonly message: string;
}

/** How an object is sent: as Flux does, or as `kubectl create`. */
export type Sending = 'apply' | 'create';

/** A running API server. */
export interface ApiServer {
  /** What it would say to an object; nothing is stored. Undefined for kinds that it does not serve. */
  readonly ask: (object: Manifest, sending: Sending) => Promise<Answer | undefined>;
  readonly stop: () => Promise<void>;
}

/** Admission that looks at what a cluster holds (or must be fed by controllers) is no question of a manifest. */
const STATEFUL = ['NamespaceLifecycle', 'ServiceAccount', 'Priority', 'RuntimeClass', 'PodGroupWorkloadExists'];

const TOKEN = 'loopback-only';
/** Requests at once; more make two cores no faster. */
const AT_ONCE = 8;

interface Response {
  readonly status: number;
  readonly body: string;
}

interface Message {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
}

type Send = (message: Message) => Promise<Response>;

/** Starts both, and installs Flux's CRDs of a version. */
export async function startApiServer(flux: string): Promise<ApiServer> {
  const etcd = await startEtcd();
  try {
    const { server, send, agent } = await startKubernetes(etcd.endpoint);
    const stop = async (): Promise<void> => {
      agent.destroy();
      await server.stop();
      await etcd.server.stop();
    };
    try {
      await install(send, flux);
    } catch (thrown) {
      await stop();
      throw thrown;
    }
    return { ask: asking(send), stop };
  } catch (thrown) {
    await etcd.server.stop();
    throw thrown;
  }
}

async function startEtcd(): Promise<{ readonly server: ServerProcess; readonly endpoint: string }> {
  const [clients, peers] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${clients}`;
  const peer = `http://127.0.0.1:${peers}`;
  const server = await launch({
    tool: 'etcd',
    args: (folder) => [
      ...['--data-dir', join(folder, 'data'), '--unsafe-no-fsync'],
      ...['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
    ],
  });
  await server.waitFor(() => (server.output().includes('ready to serve client requests') ? true : undefined));
  return { server, endpoint };
}

interface Kubernetes {
  readonly server: ServerProcess;
  readonly send: Send;
  readonly agent: Agent;
}

async function startKubernetes(etcd: string): Promise<Kubernetes> {
  const port = await freePort();
  let certificate = '';
  const server = await launch({
    tool: 'kube-apiserver',
    async prepare(folder) {
      certificate = join(folder, 'certs', 'apiserver.crt');
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      await writeFile(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
      await writeFile(join(folder, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`);
    },
    args: (folder) => flags(folder, port, etcd),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const send = await server.waitFor(async () => {
    const ca = await readFile(certificate, 'utf8').catch(() => undefined);
    if (ca === undefined) return undefined;
    const sender: Send = (message) => exchange(message, { host: '127.0.0.1', port, agent, ca });
    const answer = await sender({ method: 'GET', path: '/readyz' }).catch(() => undefined);
    return answer?.status === 200 ? sender : undefined;
  });
  return { server, send, agent };
}

function flags(folder: string, port: number, etcd: string): readonly string[] {
  const key = join(folder, 'key.pem');
  return [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certs')}`,
    '--service-account-issuer=https://127.0.0.1',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    `--disable-admission-plugins=${STATEFUL.join(',')}`,
  ];
}

function exchange({ method, path, body, type = 'application/json' }: Message, to: RequestOptions): Promise<Response> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': type, accept: 'application/json' };
    const sent = request({ ...to, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function install(send: Send, flux: string): Promise<void> {
  const folder = dataPath('flux-crds', flux);
  for (const file of readdirSync(folder)) {
    for (const crd of loadAll(await readFile(join(folder, file), 'utf8'), { schema: CORE_SCHEMA })) {
      const { status, body } = await send({ method: 'POST', path: CRDS, body: crd });
      if (status !== 201) throw new Error(`Cannot install a CRD of ${file}: ${status} ${body}`);
    }
  }
  await established(send);
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The server begins to serve new kinds a moment after it has stored them. */
async function established(send: Send): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const { items } = JSON.parse((await send({ method: 'GET', path: CRDS })).body) as { readonly items: Crd[] };
    const isReady = ({ status }: Crd): boolean =>
      status.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') === true;
    const groups = new Set(items.map(({ spec }) => spec.group));
    const served = await Promise.all([...groups].map((group) => send({ method: 'GET', path: `/apis/${group}` })));
    if (items.every(isReady) && served.every(({ status }) => status === 200)) return;
    if (performance.now() > deadline) throw new Error('The API server does not serve its CRDs');
    await sleep(100);
  }
}

interface Crd {
  readonly spec: { readonly group: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] | null };
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function asking(send: Send): ApiServer['ask'] {
  const known = new Map<string, Promise<readonly Resource[]>>();
  const resourcesOf = (path: string): Promise<readonly Resource[]> => {
    const resources = known.get(path) ?? discovered(send, path);
    known.set(path, resources);
    return resources;
  };
  return async (object, sending) => {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const found = (await resourcesOf(group)).find((one) => one.kind === kind && !one.name.includes('/'));
    if (found === undefined) return undefined;
    const space = found.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    const path = `${group}${space}/${found.name}`;
    const query = 'dryRun=All&fieldValidation=Strict&fieldManager=slipway';
    return sending === 'create'
      ? tried(send, { method: 'POST', path: `${path}?${query}`, body: object })
      : tried(send, {
          method: 'PATCH',
          path: `${path}/${encodeURIComponent(metadata.name)}?${query}&force=true`,
          body: object,
          type: 'application/apply-patch+yaml',
        });
  };
}

async function discovered(send: Send, path: string): Promise<readonly Resource[]> {
  const { status, body } = await send({ method: 'GET', path });
  return status === 200 ? (JSON.parse(body) as { readonly resources: readonly Resource[] }).resources : [];
}

const TRIES = 3;

/** Some objects make the server panic: it cuts the connection, which no user would call acceptance. */
async function tried(send: Send, message: Message): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { status, body } = await send(message);
      return { accepted: status < 300, status, message: status < 300 ? '' : messageIn(body) };
    } catch (thrown) {
      if (attempt === TRIES) return { accepted: false, status: 0, message: `panics: ${String(thrown)}` };
      await sleep(100 * attempt);
    }
  }
}

function messageIn(body: string): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message ?? body;
  } catch {
    return body;
  }
}
