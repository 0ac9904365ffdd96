/** Credentials that end in the middle of a run, and what must not be shown of those that were used. */
import type { S3Client } from '@aws-sdk/client-s3';

/** The credentials of one client over time. */
export interface Renewal {
  /** Counts the renewals: which credentials a request that begins now will use. */
  era(): number;
  /** Asks the chain again, once for all requests of an era. Whether there are others now. Throws what the chain throws. */
  renew(since: number): Promise<boolean>;
  /** Every secret key and session token that was in use; needs no network where none was. */
  secrets(): Promise<readonly string[]>;
}

/** The renewal of a client's credentials. */
export function renewal({ config }: S3Client): Renewal {
  const used = new Set<string>();
  let count = 0;
  let asking: Promise<boolean> | undefined;
  const current = async (options?: { readonly forceRefresh: boolean }): Promise<string> => {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = await config.credentials(options);
    used.add(secretAccessKey).add(sessionToken);
    return `${accessKeyId} ${sessionToken}`;
  };
  const ask = async (): Promise<boolean> => {
    const before = await current();
    // The same again: a key pair that was given, or a file that nobody writes anew.
    if ((await current({ forceRefresh: true })) === before) return false;
    count += 1;
    return true;
  };
  return {
    era: () => count,
    async renew(since) {
      if (since !== count) return true;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    async secrets() {
      // The server that failed may have been the one that gives out credentials, and then there are none.
      await current().catch(() => undefined);
      return [...used];
    },
  };
}
