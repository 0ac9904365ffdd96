import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openFake, put } from './registry-fixture.ts';

const page = (tags: unknown, link?: string) => ({
  status: 200,
  headers: link === undefined ? {} : { link },
  body: JSON.stringify({ name: 'team/app', tags }),
});

describe('listing tags', () => {
  test('follows all pages, relative and absolute links', async () => {
    await using fake = await openFake({ pageSize: 2 });
    for (const tag of ['a', 'b', 'c', 'd', 'e']) await put(fake.registry, tag);
    expect(await fake.registry.tags('team/app')).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(fake.meter.reads).toBe(3);
    const { url } = fake.server;
    fake.server.hooks.onRequest = ({ query }) =>
      query.has('last') ? page(['z']) : page(['y'], `<${url}/v2/team/app/tags/list?last=y>; rel="next"`);
    expect(await fake.registry.tags('team/app')).toEqual(['y', 'z']);
  });

  test('asks the registry for the tags after the given one only', async () => {
    await using fake = await openFake();
    for (const tag of ['a', 'b', 'c']) await put(fake.registry, tag);
    expect(await fake.registry.tags('team/app', { startAfter: 'b' })).toEqual(['c']);
    expect(fake.server.requests.at(-1)?.query.get('last')).toBe('b');
    expect(fake.meter.reads).toBe(1);
  });

  test.each([
    ['ignores the start', ['a', 'b', 'c', 'd']],
    ['has an order of its own', ['d', 'c']],
  ])('reads everything from a registry that %s, and keeps that in mind', async (_, answer) => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = ({ query }) => page(query.has('last') ? answer : ['d', 'a', 'c', 'b']);
    expect(await fake.registry.tags('team/app', { startAfter: 'b' })).toEqual(['c', 'd']);
    expect(fake.meter.reads).toBe(2);
    expect(await fake.registry.tags('team/app', { startAfter: 'b' })).toEqual(['c', 'd']);
    expect(fake.meter.reads).toBe(3);
  });

  test('takes null, nothing and 404 for no tags', async () => {
    await using fake = await openFake();
    for (const answer of [page(null), page(undefined), page([]), { status: 404 }]) {
      fake.server.hooks.onRequest = () => answer;
      expect(await fake.registry.tags('team/app')).toEqual([]);
    }
  });

  test.each([
    ['that is not JSON', { status: 200, body: '<html>' }, 'the answer is not JSON'],
    ['without a list', page({}), 'the answer has no list of tags'],
    ['with other things than tags', page([1]), 'the answer has no list of tags'],
    [
      'that goes on on another host',
      page(['a'], '<https://other.example/>; rel="next"'),
      'the next page is on another host',
    ],
    ['that goes on with a broken address', page(['a'], '<http://[>; rel="next"'), 'the next page is on another host'],
    ['that comes again and again', page(['a'], '</v2/team/app/tags/list?n=1000>; rel="next"'), 'its pages never end'],
  ])('refuses an answer %s', async (_, answer, state) => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => answer;
    const message = `Cannot list the tags of "team/app": ${state}`;
    await expect(fake.registry.tags('team/app')).rejects.toMatchObject({ code: 'STORE', message });
    expect(fake.server.requests).toHaveLength(1);
  });

  test('takes no notice of links to anything but the next page', async () => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => page(['a'], '<https://other.example/>; rel="first"');
    expect(await fake.registry.tags('team/app')).toEqual(['a']);
  });

  test('gives every tag once in byte order, whatever the pages', async () => {
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,6}$/);
    await using fake = await openFake();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(tag, { maxLength: 5 }), { minLength: 1, maxLength: 4 }), async (pages) => {
        fake.server.hooks.onRequest = ({ query }) => {
          const index = Number(query.get('page') ?? 0);
          const isLast = index + 1 >= pages.length;
          return page(pages[index], isLast ? undefined : `<?page=${index + 1}>; rel=next`);
        };
        expect(await fake.registry.tags('team/app')).toEqual([...new Set(pages.flat())].sort());
      }),
      { numRuns: 40 },
    );
  });
});
