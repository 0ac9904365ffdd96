import type { Digest } from '../../model.ts';
import { decodeClaim, decodeRecord, encode, recordAt } from '../document.ts';
import type { Objects } from '../ports.ts';
import type { Head, Ledger } from '../store.ts';

const DIGITS = 9;
const TOP = 10 ** DIGITS - 1;
const JSON_TYPE = 'application/json';
const number = (n: number): string => String(n).padStart(DIGITS, '0');

/** `<999999999 - n>-<n>.json`: depends on the number alone, and the newest sorts first, so one page finds it. */
const recordName = (generation: number): string => `${number(TOP - generation)}-${number(generation)}.json`;

function headOf(key: string): Head | undefined {
  const found = /(?:^|\/)\d{9}-(\d{9})\.json$/.exec(key);
  return found === null ? undefined : { generation: Number(found[1]) };
}

/** Records as create-only objects under `releases/<project>/`. */
export function bucketLedger(objects: Objects, project: string): Ledger {
  const home = `releases/${project}/`;
  const folder = (channel: string): string => `${home}${channel}/`;
  const claimKey = (version: string): string => `${home}versions/${version}.json`;
  const adoptedKey = (channel: string, shown: Digest): string =>
    `${folder(channel)}adopted/${shown.slice('sha256:'.length)}`;

  async function heads(channel: string, limit?: number): Promise<readonly Head[]> {
    // The delimiter keeps adopted/ out of the page; "/" is the byte before "0", which passes over folder markers and dot files.
    const startAfter = `${folder(channel)}/`;
    const options = { delimiter: '/', startAfter, ...(limit === undefined ? {} : { limit }) };
    const { objects: found } = await objects.list(folder(channel), options);
    return found.flatMap(({ key }) => headOf(key) ?? []);
  }

  return {
    heads: (channel) => heads(channel),
    async head(channel) {
      return (await heads(channel, 1))[0] ?? (await heads(channel))[0];
    },
    async read(channel, head) {
      const key = folder(channel) + recordName(head.generation);
      const found = await objects.get(key);
      return found && recordAt(found.bytes, `"${key}"`, { channel, generation: head.generation });
    },
    async channels() {
      const { prefixes } = await objects.list(home, { delimiter: '/' });
      return prefixes.map((prefix) => prefix.slice(home.length, -1)).filter((channel) => channel !== 'versions');
    },
    async create(record) {
      const key = folder(record.channel) + recordName(record.generation);
      return (await objects.put(key, encode(record), { contentType: JSON_TYPE, create: true })).outcome;
    },
    async claim(version) {
      const found = await objects.get(claimKey(version));
      return found && decodeClaim(found.bytes, `"${claimKey(version)}"`);
    },
    async versions() {
      const start = `${home}versions/`;
      const { objects: found } = await objects.list(start, { delimiter: '/' });
      return found.flatMap(({ key }) => (key.endsWith('.json') ? [key.slice(start.length, -'.json'.length)] : []));
    },
    async restore(document) {
      const isRecord = 'generation' in document;
      const key = isRecord ? folder(document.channel) + recordName(document.generation) : claimKey(document.version);
      await objects.put(key, encode(document), { contentType: JSON_TYPE });
    },
    async createClaim(claim) {
      const options = { contentType: JSON_TYPE, create: true };
      return (await objects.put(claimKey(claim.version), encode(claim), options)).outcome;
    },
    async adopted(channel) {
      const start = `${folder(channel)}adopted/`;
      const { objects: found } = await objects.list(start);
      return found.map(({ key }): Digest => `sha256:${key.slice(start.length)}`);
    },
    async createAdopted(record, shown) {
      const options = { contentType: JSON_TYPE, create: true };
      await objects.put(adoptedKey(record.channel, shown), encode(record), options);
    },
    async readAdopted(channel, shown) {
      const key = adoptedKey(channel, shown);
      const found = await objects.get(key);
      return found && decodeRecord(found.bytes, `"${key}"`);
    },
  };
}
