/** Listing a bucket, page by page. */
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ObjectInfo, ObjectListing, Objects } from '../ship/ports.ts';
import { notS3, persist, placeOf, type Session, unquote } from './s3-session.ts';

type ListOptions = NonNullable<Parameters<Objects['list']>[1]>;

interface Pages {
  readonly objects: ObjectInfo[];
  readonly prefixes: Set<string>;
}

/** All pages, or as many as `limit` needs. */
export async function listObjects(session: Session, prefix: string, list: ListOptions): Promise<ObjectListing> {
  const pages: Pages = { objects: [], prefixes: new Set() };
  const limit = list.limit ?? Number.POSITIVE_INFINITY;
  let token: string | undefined;
  do {
    const room = limit - pages.objects.length - pages.prefixes.size;
    token = await listPage(session, { prefix, list, room, token }, pages);
    // A store may answer fewer entries than it was asked for.
  } while (token !== undefined && pages.objects.length + pages.prefixes.size < limit);
  return {
    objects: inByteOrder(pages.objects, ({ key }) => key),
    prefixes: inByteOrder([...pages.prefixes], (name) => name),
  };
}

interface Page {
  readonly prefix: string;
  readonly list: ListOptions;
  /** How many more entries are wanted. */
  readonly room: number;
  readonly token: string | undefined;
}

/** Adds one page to `pages` and answers the token of the next, if there is one. */
async function listPage(session: Session, page: Page, pages: Pages): Promise<string | undefined> {
  const { options } = session;
  const { bucket, prefix: base } = options;
  const { delimiter, startAfter } = page.list;
  const doing = `list "${base}${page.prefix}" in bucket "${bucket}"`;
  const command = new ListObjectsV2Command({
    ...placeOf(options),
    Prefix: base + page.prefix,
    ...(delimiter !== undefined && { Delimiter: delimiter }),
    ...(startAfter !== undefined && { StartAfter: base + startAfter }),
    ...(page.room < 1000 && { MaxKeys: page.room }),
    ...(page.token !== undefined && { ContinuationToken: page.token }),
  });
  const run = () => session.client.send(command);
  const output = await persist(session, { doing, action: 'list', run, again: () => false });
  const { IsTruncated, NextContinuationToken } = output;
  if (IsTruncated === undefined || (IsTruncated && NextContinuationToken === undefined)) throw notS3(doing);
  for (const { Key = '', ETag = '', Size = 0, LastModified } of output.Contents ?? []) {
    // A made-up age could let something be deleted.
    if (LastModified === undefined) throw notS3(doing);
    const modified = LastModified.getTime();
    pages.objects.push({ key: Key.slice(base.length), etag: unquote(ETag), size: Size, modified });
  }
  for (const { Prefix = '' } of output.CommonPrefixes ?? []) pages.prefixes.add(Prefix.slice(base.length));
  return IsTruncated ? NextContinuationToken : undefined;
}

/** S3 lists in byte order; stores that gather a listing from several disks have not always done so. */
function inByteOrder<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const keyed = items.map((item) => ({ item, bytes: Buffer.from(keyOf(item)) }));
  return keyed.sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ item }) => item);
}
