/** Publishes into the faults of stores, and what must be so afterwards. */
import { expect } from 'vitest';
import { clusters, type Fleet, fine, publishedFleets, said, slipway, yaml } from './fleet.ts';
import { overHttp, readObject, readTag } from './reader.ts';
import { namesIn, type StageOptions } from './stage.ts';
import type { Failure } from './store-failures.ts';

const published = publishedFleets(() => slipway);

/** A fleet that has published version one and now holds version two and an artifact more. */
async function changed(options: StageOptions = {}): Promise<Fleet> {
  const by = await published(options);
  await by.tree.commit({ ...clusters('two'), 'clusters/west/cm.yaml': yaml('west', 'two') });
  return by;
}

/** Publishes into a fault: one error, in the words that are expected, and no name and no record that was not there before. */
export async function assertFails({ store, code, message, hint, ...given }: Failure): Promise<void> {
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
}

/** Publishes into a fault that ends by itself: everything is published. */
export async function assertOvercomes(fault: (by: Fleet) => void): Promise<void> {
  const by = await changed();
  fault(by);
  expect(said(await by.publish())).toEqual(fine('published', 2));
  for (const name of ['north', 'south', 'west']) {
    const text = yaml(name, 'two');
    expect((await readTag(overHttp(by.stage.registry.url), `fleet/${name}`, 'prod'))?.text).toBe(text);
    expect(readObject(by.stage.live, `gitops/channels/prod/${name}/manifests.yaml`)?.text).toBe(text);
  }
}

/** For `test.each`. */
export const titled = <T extends { readonly what: string }>(cases: readonly T[]): (readonly [string, T])[] =>
  cases.map((one) => [one.what, one]);
