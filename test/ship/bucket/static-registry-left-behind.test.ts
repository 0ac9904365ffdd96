/** Publishers of a bucket that is a registry who died or raced: the next run completes what they left. */
import { describe, expect, test } from 'vitest';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { randomOf, scheduler } from '../../flow/scheduler.ts';
import type { Publisher } from '../../flow/world.ts';
import { listTags } from './static-registry-client.ts';
import {
  contentOf,
  type Letters,
  logged,
  openStore,
  outcomeOf,
  probe,
  publish,
  publishVersion,
  shown,
  triedBucket,
} from './static-registry-world.ts';

describe('what a publisher left behind', () => {
  const version = { version: '1.4.0' };

  test('is completed by the next run, whatever the request was after which it died', async () => {
    const letters = { web: 'b' };
    for (let afterRequests = 0; afterRequests <= 60; afterRequests++) {
      const root = await triedBucket(afterRequests % 4 < 2 ? 'atomic' : 'none');
      const publishTried = (objects: Objects, commit: number, release: Letters, more: Partial<Publisher> = {}) =>
        publish(objects, commit, release, { stores: [openStore(objects, { probe })], ...more });
      await publishTried(root, 1, { web: 'a' });
      const schedule = scheduler(randomOf(afterRequests));
      schedule.crash('dead', { afterRequests, when: afterRequests % 2 === 0 ? 'before' : 'after' });
      void publishTried(
        schedule.gate('dead', root, () => false),
        2,
        letters,
        version,
      );
      await schedule.run();
      const before = await shown(root, 'web');
      expect([contentOf('web', 'a'), contentOf('web', 'b')]).toContain(before);
      await listTags(root, 'gitops/web');
      expect([afterRequests, (await publishTried(root, 2, letters, { ...version, run: 3 })).end]).toEqual([
        afterRequests,
        undefined,
      ]);
      const after = [await shown(root, 'web'), await shown(root, 'web', '1.4.0'), await listTags(root, 'gitops/web')];
      expect([afterRequests, after]).toEqual([
        afterRequests,
        [contentOf('web', 'b'), contentOf('web', 'b'), ['1.4.0', 'prod']],
      ]);
      const settled = logged(root);
      expect(outcomeOf(await publishTried(settled, 2, letters, { ...version, run: 4 }))).toMatchObject({
        outcome: 'unchanged',
      });
      expect([afterRequests, settled.requests.filter((one) => one.startsWith('put'))]).toEqual([afterRequests, []]);
    }
  });

  test('of a version alone is completed too, with tags/list', async () => {
    for (let afterRequests = 0; afterRequests <= 40; afterRequests++) {
      const root = memoryObjects();
      const schedule = scheduler(randomOf(afterRequests));
      schedule.crash('dead', { afterRequests, when: afterRequests % 2 === 0 ? 'before' : 'after' });
      void publishVersion(
        schedule.gate('dead', root, () => false),
        1,
      );
      await schedule.run();
      await listTags(root, 'gitops/web');
      expect([afterRequests, (await publishVersion(root, 2)).end]).toEqual([afterRequests, undefined]);
      expect(await shown(root, 'web', '1.4.0')).toBe(contentOf('web', 'a'));
      expect([afterRequests, await listTags(root, 'gitops/web')]).toEqual([afterRequests, ['1.4.0']]);
    }
  });

  test('is completed also where another publisher is at work at the same time', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const root = memoryObjects();
      const schedule = scheduler(randomOf(seed));
      const runs = ['a', 'b'].map((letter, index) =>
        publish(
          schedule.gate(letter, root, () => false),
          index + 1,
          { east: letter, west: letter },
        ),
      );
      await schedule.run();
      await Promise.all(runs);
      expect([seed, await shown(root, 'east'), await shown(root, 'west')]).toEqual([
        seed,
        contentOf('east', 'b'),
        contentOf('west', 'b'),
      ]);
      expect(await listTags(root, 'gitops/east')).toEqual(['prod']);
      const { objects: tags } = await root.list('v2/gitops/releases/manifests/slipway.');
      const numbers = tags.map(({ key }) => key.slice(-18, -9));
      expect([seed, numbers]).toEqual([seed, numbers.map((_, index) => String(index + 1).padStart(9, '0'))]);
    }
  });
});
