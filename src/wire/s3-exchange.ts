/** One exchange with an S3 store: begun when there is a connection for it, read to its end, and bounded in time. */
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { StillMay } from '../ship/ports.ts';
import { MAX_CONNECTIONS } from './agents.ts';
import { allowance, type Silence } from './allowance.ts';
import type { Hearing } from './hearing.ts';
import { isSilence, silenceOf } from './s3-silence.ts';
import { slots } from './slots.ts';
import { askWhether } from './stopped.ts';
import { endingWith } from './under-way.ts';

/** What bounds the exchanges of a client. */
export interface Bounds {
  /** Seconds for an exchange without bytes; bytes allow for more. */
  readonly seconds: number;
  readonly signal: AbortSignal | undefined;
  /** Asked when an exchange has its turn. */
  readonly hearing: Hearing;
}

type Handle = S3Client['config']['requestHandler']['handle'];
/** What a request is sent with: the SDK's own options, which it hands on with every attempt, and ours. */
export interface Sending {
  readonly requestTimeout?: number;
  readonly still?: StillMay;
}

type Result = Awaited<ReturnType<Handle>>;

/**
 * Bounds every exchange of a client. What took too long ends as a {@link Silence} or with its name, which the SDK does not
 * repeat; all others end as the SDK reports them, also where the connection broke in the middle of a body.
 */
export function boundExchanges(client: S3Client, { seconds, signal, hearing }: Bounds): void {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  const inTurn = slots(MAX_CONNECTIONS);
  // Given to `send`, the signal would keep the SDK from using its cached middleware.
  const underWay = endingWith(signal);
  const exchange = async (request: Parameters<Handle>[0], options: Sending | undefined): Promise<Result> => {
    // Signed before: what is sent much later, by a process that was frozen here, no store takes any more.
    askWhether(options?.still);
    const ending = new AbortController();
    const work = { destroy: () => ending.abort() };
    underWay.add(work);
    const sent = Number(request.headers['content-length'] ?? 0);
    try {
      return await inTime({ seconds, sent, end: work.destroy }, (received) =>
        handle(request, { ...options, abortSignal: ending.signal }).then((result) => read(result, received)),
      );
    } finally {
      underWay.delete(work);
    }
  };
  requestHandler.handle = (request, options?: Sending) =>
    inTurn(() => hearing.listen(() => exchange(request, options)));
}

interface Limit {
  readonly seconds: number;
  readonly sent: number;
  readonly end: () => void;
}

function inTime<T>({ seconds, sent, end }: Limit, run: (received: (bytes: number) => void) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (silence: Silence): void => {
      reject(silence);
      end();
    };
    const clock = allowance({ seconds, sent, late });
    run(clock.received)
      .then(resolve, (thrown: unknown) => reject(isSilence(thrown) ? silenceOf(thrown) : thrown))
      .finally(clock.stop);
  });
}

/** The same answer with its whole body: the SDK would read it when nobody looks at the time any more. */
async function read(result: Result, received: (bytes: number) => void): Promise<Result> {
  const { response } = result;
  if (!(response.body instanceof Readable)) return result;
  const chunks: Buffer[] = [];
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    received(chunk.length);
    chunks.push(chunk);
  }
  response.body = Readable.from(Buffer.concat(chunks));
  return result;
}
