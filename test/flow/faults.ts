/** Publishes through the real clients of a bucket and a registry, one of which has a fault. */
import { randomBytes } from 'node:crypto';
import type { Receipt } from '../../src/model.ts';
import { forms } from '../../src/seal/forms.ts';
import { bucketStore } from '../../src/ship/bucket/store.ts';
import type { Meter, Objects } from '../../src/ship/ports.ts';
import { receiptOf } from '../../src/ship/receipt.ts';
import type { Store } from '../../src/ship/store.ts';
import { anonymous } from '../../src/wire/credentials.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { openBucket } from '../../src/wire/s3.ts';
import type { FaultProxy } from '../fakes/fault-proxy.ts';
import { startFaultProxy } from '../fakes/fault-proxy.ts';
import {
  bucketRecords,
  instantly,
  type RecordShown,
  readObject,
  readTag,
  registryRecords,
  type Shown,
} from './reader.ts';
import { type Contents, type Stage, type StageOptions, type StoreName, startStage } from './stage.ts';
import { CHANNEL, openStore, publishOnce } from './world.ts';

/** What one run publishes: letters by artifact. */
export type Letters = Readonly<Record<string, string>>;

/** The state that faults find. */
export const BEFORE: Letters = { east: 'a', west: 'a' };
/** What the run with the fault publishes. */
export const AFTER: Letters = { east: 'b', west: 'a' };
/** What another publisher has, who comes in between with a newer commit. */
export const RIVAL: Letters = { east: 'c', west: 'b' };

/** How a run is made. */
export interface Run {
  readonly letters: Letters;
  readonly commit: number;
  readonly version: string;
  /** Gives the run its id. */
  readonly run: number;
  readonly primary: StoreName;
  readonly quorum: number;
  /** Milliseconds of silence that the clients bear. */
  readonly patience: number;
}

/** Two stand-ins, each behind a proxy. */
export interface Scene {
  readonly stage: Stage;
  readonly proxies: Readonly<Record<StoreName, FaultProxy>>;
  publish(run: Run): Promise<Receipt>;
  stop(): Promise<void>;
}

const ATTEMPTS = 3;

function storesOf(scene: Pick<Scene, 'stage' | 'proxies'>, { patience }: Run, meter: Meter): readonly Store[] {
  const { stage, proxies } = scene;
  const objects: Objects = openBucket({
    bucket: 'fleet',
    prefix: 'gitops/',
    endpoint: `http://${proxies.us.host}`,
    env: stage.bucket.env,
    meter,
    attempts: ATTEMPTS,
    idleTimeout: patience,
  });
  const http = {
    idleSeconds: patience / 1000,
    pace: { attempts: ATTEMPTS, sleep: async () => new Promise<void>((done) => void setTimeout(done, 20)) },
  };
  const repositories = openRegistry({ host: proxies.eu.host, insecure: true, credentials: anonymous, meter, http });
  const us = bucketStore({
    name: 'us',
    url: 's3://fleet/gitops',
    project: 'default',
    layout: 'object',
    keyPrefix: 'gitops/',
    referenceTo: (key) => key,
    objects,
    forms,
    probe: () => ({ run: randomBytes(8).toString('hex'), at: '2026-01-01T00:00:00Z' }),
  });
  return [us, openStore({ kind: 'registry', name: 'eu', port: repositories })];
}

const portOf = (url: string): number => Number(new URL(url).port);

/** Starts the stand-ins with what they hold. The caller stops them. */
export async function startScene(options: Pick<StageOptions, 'from' | 'fresh'> = {}): Promise<Scene> {
  const stage = await startStage(options);
  const [us, eu] = await Promise.all([
    startFaultProxy(portOf(stage.bucket.endpoint)),
    startFaultProxy(portOf(stage.registry.url)),
  ]);
  const proxies = { us, eu };
  return {
    stage,
    proxies,
    async publish(run) {
      const meter = { reads: 0, writes: 0 };
      const stores = storesOf({ stage, proxies }, run, meter);
      const ended = await publishOnce({ ...run, stores, signer: 'key:a' });
      return receiptOf(ended, { requests: { us: meter }, seconds: {}, dryRun: false });
    },
    stop: async () => void (await Promise.all([us.stop(), eu.stop(), stage.stop()])),
  };
}

const text = (letter: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${letter}\n`;

const isListed = (records: readonly RecordShown[], artifact: string, shown: Shown): boolean =>
  records
    .flatMap(({ artifacts }) => artifacts)
    .some((e) => e.name === artifact && [e.manifest, e.views.object?.digest].includes(shown.digest));

/** What readers see: by store and artifact the letter, or nothing. Throws when one of them is torn or in no record. */
export async function look(contents: Contents): Promise<Readonly<Record<StoreName, Letters>>> {
  const seen: Record<StoreName, Record<string, string>> = { eu: {}, us: {} };
  for (const artifact of Object.keys(AFTER)) {
    const views = [
      { store: 'eu', shown: await readTag(instantly(contents), `fleet/${artifact}`, CHANNEL), read: registryRecords },
      {
        store: 'us',
        shown: readObject(contents, `gitops/channels/${CHANNEL}/${artifact}/manifests.yaml`),
        read: bucketRecords,
      },
    ] as const;
    for (const { store, shown, read } of views) {
      if (shown === undefined) continue;
      const letter = /name: ([a-z])\n/.exec(shown.text)?.[1];
      if (letter === undefined || shown.text !== text(letter))
        throw new Error(`${store} shows of ${artifact}: ${shown.text}`);
      if (!isListed(read(contents, CHANNEL), artifact, shown))
        throw new Error(`${store} shows of ${artifact} what no record lists`);
      seen[store][artifact] = letter;
    }
  }
  return seen;
}
