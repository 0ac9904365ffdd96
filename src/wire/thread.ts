/** Threads that answer questions, one after the other. */
import { Worker } from 'node:worker_threads';

/** A running thread. */
export interface Thread {
  /** Its answer. Rejects when the thread fails or ends before. */
  readonly ask: (question: unknown) => Promise<unknown>;
  readonly end: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** What threads do is soon forgotten: more would only lie idle. */
const YOUNG_MEGABYTES = 12;

/** Starts a thread. Questions are copied to it. Only while it owes an answer does it keep the process alive. */
export function startThread(file: URL): Thread {
  const worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } });
  worker.unref();
  const waiting: Waiting[] = [];
  let failure: Error | undefined;
  const fail = (reason: Error): void => {
    failure ??= reason;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on('message', (answer: unknown) => {
    waiting.shift()?.resolve(answer);
    if (waiting.length === 0) worker.unref();
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('The thread has ended')));
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.push({ resolve, reject });
        worker.ref();
        worker.postMessage(question);
      }),
    async end() {
      await worker.terminate();
    },
  };
}
