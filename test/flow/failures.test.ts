/** What can go wrong with a store, through the command line: one clear error each, and nothing named (Must show 7). */
import { expect, test } from 'vitest';
import { clusters, type Fleet, fine, publishedFleets, said, slipway, yaml } from './fleet.ts';
import { overHttp, readObject, readTag } from './reader.ts';
import { namesIn, type StageOptions } from './stage.ts';
import { FAILURES, PASSING } from './store-failures.ts';

const published = publishedFleets(() => slipway);

/** A fleet that has published version one and now holds version two and an artifact more. */
async function changed(options: StageOptions = {}): Promise<Fleet> {
  const by = await published(options);
  await by.tree.commit({ ...clusters('two'), 'clusters/west/cm.yaml': yaml('west', 'two') });
  return by;
}

const titled = <T extends { readonly what: string }>(cases: readonly T[]): (readonly [string, T])[] =>
  cases.map((one) => [one.what, one]);

test.each(titled(FAILURES))(
  '%s is one clear error and names nothing',
  async (_, { store, code, message, hint, ...given }) => {
    const by = await changed(given.stage);
    const env = given.fault?.(by) ?? {};
    const releases = (lines: readonly string[]) => lines.filter((line) => line.includes('/releases'));
    const [names, records] = [namesIn(by.held(), 'prod'), releases(by.held())];
    const ended = await by.publish([], { env });
    expect({ code: ended.code, outcome: ended.receipt?.outcome }).toEqual({ code: 4, outcome: 'failed' });
    const error = ended.receipt?.stores[store]?.error;
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(new RegExp(`^Store "${store}": Cannot [^\\n]*[^.]$`));
    expect(error?.message).toMatch(message);
    expect(error?.hint).toMatch(hint);
    expect(ended.stderr).toMatch(/^error\[[A-Z_]+\]: [^\n]+\nhint: [^\n]+\n$/);
    expect(ended.stderr).toContain(error?.message);
    expect(names.length).toBe(4);
    expect(namesIn(by.held(), 'prod')).toEqual(names);
    expect(releases(by.held())).toEqual(records);
  },
);

test.each(titled(PASSING))('%s is overcome', async (_, { fault }) => {
  const by = await changed();
  fault(by);
  expect(said(await by.publish())).toEqual(fine('published', 2));
  for (const name of ['north', 'south', 'west']) {
    const text = yaml(name, 'two');
    expect((await readTag(overHttp(by.stage.registry.url), `fleet/${name}`, 'prod'))?.text).toBe(text);
    expect(readObject(by.stage.live, `gitops/channels/prod/${name}/manifests.yaml`)?.text).toBe(text);
  }
});
