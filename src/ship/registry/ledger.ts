import type { Digest } from '../../model.ts';
import { decodeClaim, decodeRecord, encode, recordAt } from '../document.ts';
import type { Repositories } from '../ports.ts';
import type { Head, Ledger } from '../store.ts';
import { documentsIn } from './documents.ts';

const DIGITS = 9;
const RUN = 8;
const number = (generation: number): string => String(generation).padStart(DIGITS, '0');

/** Newest first; of one number, the smaller run id first. */
const newestFirst = (a: Head, b: Head): number =>
  b.generation - a.generation || ((a.run ?? '') < (b.run ?? '') ? -1 : 1);

/** What names showed before slipway, as tags `slipway.<project>.<channel>.adopted.<32 hex of the digest>`. */
function adoptedIn(
  { repositories, repository }: { readonly repositories: Repositories; readonly repository: string },
  documents: ReturnType<typeof documentsIn>,
  prefix: string,
): Pick<Ledger, 'adopted' | 'createAdopted' | 'readAdopted'> {
  const adoptedPrefix = (channel: string): string => `${prefix}${channel}.adopted.`;
  const adoptedTag = (channel: string, shown: Digest): string =>
    adoptedPrefix(channel) + shown.slice('sha256:'.length, 'sha256:'.length + 32);

  return {
    async adopted(channel) {
      const start = adoptedPrefix(channel);
      const tags = (await repositories.tags(repository, { startAfter: start })).filter((tag) => tag.startsWith(start));
      const records = await Promise.all(tags.map(async (tag) => ({ tag, bytes: await documents.read(tag) })));
      return records.flatMap(({ tag, bytes }): readonly Digest[] =>
        bytes === undefined ? [] : decodeRecord(bytes, `tag "${tag}"`).artifacts.map((entry) => entry.manifest),
      );
    },
    async createAdopted(record, shown) {
      const tag = adoptedTag(record.channel, shown);
      await documents.write(tag, encode(record), (other) => other === tag);
    },
    async readAdopted(channel, shown) {
      const tag = adoptedTag(channel, shown);
      const bytes = await documents.read(tag);
      return bytes && decodeRecord(bytes, `tag "${tag}"`);
    },
  };
}

/** Records as tags `slipway.<project>.<channel>.<9 digits>.<8 hex of run>` in one repository. */
export function registryLedger(repositories: Repositories, repository: string, project: string): Ledger {
  const documents = documentsIn(repositories, repository);
  const prefix = `slipway.${project}.`;
  const claimTag = (version: string): string => `${prefix}versions.${version}`;
  const recordTag = (channel: string, head: Head): string =>
    `${prefix}${channel}.${number(head.generation)}.${head.run}`;

  async function headsOf(channel: string): Promise<readonly Head[]> {
    const start = `${prefix}${channel}.`;
    const tags = await repositories.tags(repository, { startAfter: start });
    return tags
      .filter((tag) => tag.startsWith(start) && /^\d{9}\.[0-9a-f]{8}$/.test(tag.slice(start.length)))
      .map((tag) => ({ generation: Number(tag.slice(start.length, start.length + DIGITS)), run: tag.slice(-RUN) }))
      .sort(newestFirst);
  }

  return {
    heads: headsOf,
    async head(channel) {
      return (await headsOf(channel))[0];
    },
    async read(channel, head) {
      const exact = head.run ?? (await headsOf(channel)).find((h) => h.generation === head.generation)?.run;
      if (exact === undefined) return undefined;
      const tag = recordTag(channel, { generation: head.generation, run: exact });
      const bytes = await documents.read(tag);
      return bytes && recordAt(bytes, `tag "${tag}"`, { channel, generation: head.generation });
    },
    async channels() {
      const tags = await repositories.tags(repository, { startAfter: prefix });
      const names = tags.map((tag) =>
        tag.startsWith(prefix) && !tag.startsWith(claimTag('')) ? tag.slice(prefix.length) : '',
      );
      return [...new Set(names.flatMap((n) => /^(.+)\.\d{9}\.[0-9a-f]{8}$/.exec(n)?.[1] ?? []))];
    },
    async create(record) {
      const place = `${prefix}${record.channel}.${number(record.generation)}.`;
      return documents.write(place + record.run.slice(0, RUN), encode(record), (other) => other.startsWith(place));
    },
    async claim(version) {
      const bytes = await documents.read(claimTag(version));
      return bytes && decodeClaim(bytes, `tag "${claimTag(version)}"`);
    },
    async versions() {
      const start = claimTag('');
      const tags = await repositories.tags(repository, { startAfter: start });
      return tags.filter((tag) => tag.startsWith(start)).map((tag) => tag.slice(start.length));
    },
    async restore(document) {
      const { run } = document;
      const tag =
        'generation' in document
          ? recordTag(document.channel, { generation: document.generation, run: run.slice(0, RUN) })
          : claimTag(document.version);
      await documents.write(tag, encode(document), () => false);
    },
    async createClaim(claim) {
      const tag = claimTag(claim.version);
      if (repositories.lock === 'none' && (await repositories.getManifest(repository, tag))) return 'exists';
      return documents.write(tag, encode(claim), (other) => other === tag);
    },
    ...adoptedIn({ repositories, repository }, documents, prefix),
  };
}
