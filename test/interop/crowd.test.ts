/** Sixteen publishers of one channel at once: 50 rounds in memory, request by request, and some on a real store. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openBucket } from '../../src/wire/s3.ts';
import {
  assertOneLine,
  CROWD,
  crowd,
  type Ended,
  lettersOf,
  portsOf,
  shuffled,
  tellingRecords,
} from '../flow/crowd.ts';
import { randomOf } from '../flow/scheduler.ts';
import { openStore, type Port, publishOnce } from '../flow/world.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { closing } from './closing.ts';

const atEnd = closing();

test('50 rounds in memory leave one line of generations, and the newest commit under every name', async () => {
  let [overtaken, most] = [0, 0];
  for (let seed = 101; seed <= 150; seed += 1) {
    const ports = portsOf(seed);
    const crowded = await crowd(seed, ports);
    await assertOneLine(seed, ports.map(openStore), crowded.finished).catch((cause: unknown) => {
      throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
    });
    overtaken += crowded.overtaken;
    most = Math.max(most, crowded.most);
  }
  expect(overtaken).toBeGreaterThan(50);
  expect(most).toBeLessThan(800);
});

/** Two buckets of one round; every publisher has connections of its own. */
function realPorts({ minio, env }: Bucket, seed: number): readonly Port[] {
  return ['fleet', 'mirror'].map((name) => {
    const meter = { reads: 0, writes: 0 };
    const prefix = `round-${seed}/`;
    return { kind: 'bucket', name, port: openBucket({ bucket: name, prefix, endpoint: minio.endpoint, env, meter }) };
  });
}

/** One round; every fourth publisher sleeps after its record until four others are through, or nobody else is awake. */
async function realCrowd(
  bucket: Bucket,
  seed: number,
): Promise<{ readonly finished: readonly Ended[]; readonly slept: number }> {
  const random = randomOf(seed);
  const finished: Ended[] = [];
  const asleep = new Set<number>();
  let slept = 0;
  const publisher = async (run: number, commit: number): Promise<void> => {
    const onRecord = async (): Promise<void> => {
      if (run % 2 !== 0) return;
      slept += 1;
      asleep.add(run);
      const enough = finished.length + 4;
      while (finished.length < enough && finished.length + asleep.size < CROWD) await sleep(10);
      asleep.delete(run);
    };
    const ports = realPorts(bucket, seed).map((port) =>
      port.kind === 'bucket' && port.name === 'fleet' ? { ...port, port: tellingRecords(port.port, onRecord) } : port,
    );
    const stores = ports.map(openStore);
    const ended = await publishOnce({
      run,
      commit,
      letters: lettersOf(seed, commit),
      stores,
      primary: 'fleet',
      quorum: 2,
    });
    finished.push({ run, commit, ended });
  };
  await Promise.all([...shuffled(CROWD, random).entries()].map(([run, commit]) => publisher(run, commit)));
  return { finished, slept };
}

test('rounds on MinIO do the same', async () => {
  const bucket = await startBucket();
  atEnd(bucket.stop);
  await bucket.aws('s3api', 'create-bucket', '--bucket', 'mirror');
  let slept = 0;
  for (let seed = 1; seed <= 5; seed += 1) {
    const round = await realCrowd(bucket, seed);
    await assertOneLine(seed, realPorts(bucket, seed).map(openStore), round.finished);
    slept += round.slept;
  }
  expect(slept).toBeGreaterThan(5);
});
