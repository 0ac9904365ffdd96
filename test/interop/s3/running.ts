/** What all S3 servers of the interop suite have in common. */
import type { ServerProcess } from '../server-process.ts';
import { freePort } from '../servers.ts';

/** A real S3 server on loopback, empty at its start. */
export interface RunningS3 {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `http://127.0.0.1:PORT`, for path-style addressing. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** What its processes have printed so far. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** Who may use a server. */
export type S3User = Pick<RunningS3, 'accessKey' | 'secretKey'>;

/** Waits until a server answers. The last of its processes is the one that listens on the port. */
export async function serverAt(port: number, user: S3User, processes: readonly ServerProcess[]): Promise<RunningS3> {
  const host = `127.0.0.1:${port}`;
  const endpoint = `http://${host}`;
  const stop = async (): Promise<void> => {
    // Nothing of what they keep outlives them, and some take seconds to put it in order.
    for (const process of processes) process.signal('SIGKILL');
    await Promise.all(processes.map((process) => process.stop()));
  };
  const output = (): string => processes.map((process) => process.output()).join('\n');
  try {
    await processes.at(-1)?.waitFor(() => answers(endpoint));
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, endpoint, region: 'us-east-1', ...user, output, stop };
}

/** Any answer will do: nobody is let in without a signature. */
async function answers(url: string): Promise<true | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response && true;
}

/** Starts a server on a free port, and on another one when somebody else was faster. */
export async function onFreePort(start: (port: number) => Promise<RunningS3>): Promise<RunningS3> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use|EADDRINUSE/i.test(error.message);
      if (!isTaken || attempt === 3) throw error;
    }
  }
}
