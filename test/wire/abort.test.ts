import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openHttp } from '../../src/wire/http.ts';
import { type AnswerServer, startAnswers } from '../fakes/answers.ts';
import { connect, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';

const MANY = Array.from({ length: 20 }, (_, index) => index);

const servers: AnswerServer[] = [];
const buckets = fakeBuckets();
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** Warnings that Node gives while `work` runs; it gives them a turn later. */
async function warningsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', note);
  try {
    await work();
    await turn();
  } finally {
    process.off('warning', note);
  }
  return warnings;
}

function sender(url: string, signal: AbortSignal): () => Promise<unknown> {
  const http = openHttp({ meter: { reads: 0, writes: 0 }, signal });
  return () => http.send({ method: 'GET', url: new URL(url), task: 'read the thing', expect: [200] });
}

describe('many requests of one run', () => {
  test('make Node warn of no leak at a registry, and leave no listener on the signal', async () => {
    const { signal } = new AbortController();
    const server = await startAnswers((_, response) => response.end());
    servers.push(server);
    const send = sender(server.url, signal);
    const warnings = await warningsOf(() => Promise.all(MANY.map(send)));
    expect(server.requests).toHaveLength(MANY.length);
    expect(warnings).not.toContain('MaxListenersExceededWarning');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('make Node warn of no leak at a bucket', async () => {
    const { signal } = new AbortController();
    const bucket = await buckets();
    const objects = connect(bucket, { signal });
    const warnings = await warningsOf(() => Promise.all(MANY.map((index) => objects.get(`key-${index}`))));
    expect(bucket.requests).toHaveLength(MANY.length);
    expect(warnings).not.toContain('MaxListenersExceededWarning');
  });

  test('all end as INTERRUPTED when the run is aborted', async () => {
    const controller = new AbortController();
    let waiting = 0;
    const server = await startAnswers(() => {
      waiting += 1;
      if (waiting === MANY.length) controller.abort();
    });
    servers.push(server);
    const send = sender(server.url, controller.signal);
    const codes = await Promise.all(MANY.map(async () => (await failureOf(send())).code));
    expect(new Set(codes)).toEqual(new Set(['INTERRUPTED']));
    expect(server.requests).toHaveLength(MANY.length);
  });
});
