/** A fleet of clusters under Git: the same bytes each time, 12 applications and 72 objects a cluster. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';

const CLUSTERS = 500;
const APPS = 12;

/** A generated fleet. */
export interface Fleet {
  readonly folder: string;
  readonly clusters: readonly string[];
  /** Commits a file that belongs to no cluster. */
  readonly commitElsewhere: () => Promise<void>;
  /** Gives an application of the first cluster a new image and commits that. */
  readonly changeOne: () => Promise<void>;
  /** Gives an application of every cluster the same new image and commits that. */
  readonly changeEach: () => Promise<void>;
}

const padded = (n: number): string => String(n).padStart(3, '0');

interface App {
  readonly cluster: string;
  readonly name: string;
  readonly image: string;
}

const object = (apiVersion: string, kind: string, { name }: App, rest: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ${name}\n${rest}`;

const namespace = ({ name }: App): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels:\n    toolkit.fluxcd.io/tenant: ${name}\n`;

const settings = (app: App): string =>
  object(
    'v1',
    'ConfigMap',
    app,
    `data:\n  LOG_LEVEL: info\n  CLUSTER: ${app.cluster}\n  application.properties: |\n    server.port=8080\n` +
      '    feature.checkout=true\n    cache.ttl=300s\n    pool.size=20\n' +
      `    checksum=${createHash('sha256')
        .update(app.cluster + app.name)
        .digest('hex')
        .slice(0, 32)}\n`,
  );

const service = (app: App): string =>
  object(
    'v1',
    'Service',
    app,
    `spec:\n  selector:\n    app.kubernetes.io/name: ${app.name}\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n`,
  );

const ingress = (app: App): string =>
  object(
    'networking.k8s.io/v1',
    'Ingress',
    app,
    `spec:\n  rules:\n    - host: ${app.name}.${app.cluster}.example\n      http:\n        paths:\n          - path: /\n` +
      `            pathType: Prefix\n            backend:\n              service:\n                name: ${app.name}\n` +
      '                port:\n                  name: http\n',
  );

function deployment(app: App): string {
  const label = `app.kubernetes.io/name: ${app.name}\n`;
  return object(
    'apps/v1',
    'Deployment',
    app,
    `spec:\n  replicas: 3\n  selector:\n    matchLabels:\n      ${label}  template:\n    metadata:\n      labels:\n        ${label}` +
      `    spec:\n      serviceAccountName: ${app.name}\n      containers:\n        - name: app\n          image: ${app.image}\n` +
      '          ports:\n            - name: http\n              containerPort: 8080\n          envFrom:\n' +
      `            - configMapRef:\n                name: ${app.name}\n          resources:\n            requests:\n` +
      '              cpu: 100m\n              memory: 128Mi\n            limits:\n              memory: 256Mi\n' +
      '          readinessProbe:\n            httpGet:\n              path: /ready\n              port: http\n' +
      '          securityContext:\n            allowPrivilegeEscalation: false\n            readOnlyRootFilesystem: true\n',
  );
}

function documents(app: App): string {
  const account = object('v1', 'ServiceAccount', app, '');
  return [namespace(app), account, settings(app), deployment(app), service(app), ingress(app)].join('---\n');
}

function appOf(cluster: string, index: number, patch = 0): App {
  const name = `app-${padded(index)}`;
  return { cluster, name, image: `registry.example/team/${name}:1.${index}.${patch}` };
}

async function writeClusters(folder: string, clusters: readonly string[]): Promise<void> {
  for (const cluster of clusters) {
    await mkdir(join(folder, 'clusters', cluster), { recursive: true });
    for (let index = 0; index < APPS; index += 1) await writeApp(folder, appOf(cluster, index));
  }
}

const writeApp = (folder: string, app: App): Promise<void> =>
  writeFile(join(folder, 'clusters', app.cluster, `${app.name}.yaml`), documents(app));

const DISTINCT_FOLDERS = 100;
const DISTINCT_APPS = 84;

/** Writes objects of which no two are equal, in folders of one file each; answers how many there are. */
export async function makeDistinct(folder: string): Promise<number> {
  let objects = 0;
  for (let index = 0; index < DISTINCT_FOLDERS; index += 1) {
    const cluster = `cluster-${padded(index)}`;
    const apps = Array.from({ length: DISTINCT_APPS }, (_, app) => appOf(cluster, index * DISTINCT_APPS + app));
    await mkdir(join(folder, cluster), { recursive: true });
    const text = apps.map(documents).join('---\n');
    await writeFile(join(folder, cluster, 'apps.yaml'), text);
    objects += text.match(/^kind: /gm)?.length ?? 0;
  }
  return objects;
}

const TINY = 500;

/** Writes artifacts of one ConfigMap each into `apps`, and commits them; answers their names. */
export async function makeTiny(folder: string): Promise<readonly string[]> {
  const names = Array.from({ length: TINY }, (_, index) => `app-${padded(index)}`);
  for (const name of names) {
    await mkdir(join(folder, 'apps', name), { recursive: true });
    await writeFile(join(folder, 'apps', name, 'settings.yaml'), settings({ cluster: 'one', name, image: '' }));
  }
  await (await repository(folder))();
  return names;
}

/** Makes the folder a repository; answers what commits everything in it. */
async function repository(folder: string): Promise<() => Promise<void>> {
  // The stores are written there for each run and are no part of the fleet.
  await writeFile(join(folder, '.gitignore'), 'slipway.yaml\n');
  await run('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: folder });
  let commits = 0;
  return async () => {
    commits += 1;
    const date = `2026-01-01T00:${padded(commits).slice(1)}:00Z`;
    const person = { NAME: 'fleet', EMAIL: 'fleet@example.com', DATE: date };
    const env = Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((role) =>
        Object.entries(person).map(([key, value]) => [`GIT_${role}_${key}`, value]),
      ),
    );
    await run('git', ['add', '--all'], { cwd: folder });
    await run('git', ['commit', '--quiet', '--message', `change ${commits}`], { cwd: folder, env });
  };
}

/** Writes the fleet into an empty folder and commits it. */
export async function makeFleet(folder: string): Promise<Fleet> {
  const clusters = Array.from({ length: CLUSTERS }, (_, index) => `cluster-${padded(index)}`);
  await mkdir(folder, { recursive: true });
  await writeClusters(folder, clusters);
  const commit = await repository(folder);
  await commit();
  const [first = ''] = clusters;
  let changes = 0;
  return {
    folder,
    clusters,
    async commitElsewhere() {
      changes += 1;
      await writeFile(join(folder, 'README.md'), `${changes}\n`);
      await commit();
    },
    async changeOne() {
      changes += 1;
      await writeApp(folder, appOf(first, 0, changes));
      await commit();
    },
    async changeEach() {
      changes += 1;
      for (const cluster of clusters) await writeApp(folder, appOf(cluster, 1, changes));
      await commit();
    },
  };
}
