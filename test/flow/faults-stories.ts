/** Faults that take more than one broken request: rivals, listings of the past, damage, and a clock that is a day off. */
import type { Receipt } from '../../src/model.ts';
import { s3Error } from '../fakes/bucket-operations.ts';
import type { Choose, Fault } from '../fakes/fault-proxy.ts';
import { AFTER, type Letters, look, RIVAL, type Run, type Scene, startScene } from './faults.ts';
import { isAt, STEPS, type Step } from './faults-cases.ts';
import { type Bases, runOf } from './faults-run.ts';
import { type StoreName, startStage } from './stage.ts';

/** One story. Throws what does not hold. */
export interface Story {
  readonly what: string;
  run(bases: Bases): Promise<void>;
}

const ROLES: readonly StoreName[] = ['us', 'eu'];
const rivalOf = (primary: StoreName): Run => runOf({ primary, letters: RIVAL, commit: 3, run: 7, version: '1.9.0' });

async function onScene(bases: Bases, primary: StoreName, tell: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await startScene({ from: bases[primary] });
  try {
    await tell(scene);
  } finally {
    await scene.stop();
  }
}

const shown = (letters: Letters): string => Object.values(letters).join('');

async function assertShows(scene: Scene, letters: Letters): Promise<void> {
  const seen = await look(scene.stage.live);
  for (const store of ROLES)
    if (shown(seen[store]) !== shown(letters))
      throw new Error(`${store} shows ${shown(seen[store])}, not ${shown(letters)}`);
}

function assertEnded({ outcome, error, stores }: Receipt, outcomes: readonly Receipt['outcome'][]): void {
  const states = Object.values(stores).map(({ state }) => state);
  if (!outcomes.includes(outcome) || states.some((state) => state !== 'current'))
    throw new Error(`ended ${outcome} ${states}: ${error?.message}`);
}

/** A newer commit is published from its first request to its last before a request of ours: that one's 412 is the rival's. */
function rival(step: Step, primary: StoreName): Story {
  return {
    what: `a rival's whole run before ${step.what} in ${step.store}, primary ${primary}`,
    run: (bases) =>
      onScene(bases, primary, async (scene) => {
        let came = false;
        const choose: Choose = async (request) => {
          if (came || !isAt(step, request)) return undefined;
          came = true;
          assertEnded(await scene.publish(rivalOf(primary)), ['published']);
          return undefined;
        };
        scene.proxies[step.store].choose(choose);
        const ended = await scene.publish(runOf({ primary }));
        if (!came) throw new Error('the rival never came');
        assertEnded(ended, ['published', 'superseded', 'healed', 'unchanged']);
        await assertShows(scene, RIVAL);
        assertEnded(await scene.publish(runOf({ primary, run: 3 })), ['superseded']);
        await assertShows(scene, RIVAL);
      }),
  };
}

/** A store goes on listing what was there before a rival: what is newer must not be undone, whoever is asked. */
function stale(store: StoreName, primary: StoreName, lasting: boolean): Story {
  return {
    what: `listings of the past in ${store}, ${lasting ? 'lasting' : 'once'}, primary ${primary}`,
    run: (bases) =>
      onScene(bases, primary, async (scene) => {
        const past = await startStage({ from: bases[primary] });
        try {
          assertEnded(await scene.publish(rivalOf(primary)), ['published']);
          const port = Number(new URL(store === 'us' ? past.bucket.endpoint : past.registry.url).port);
          let asked = 0;
          scene.proxies[store].choose(({ path }) => {
            if (!/list-type=2|\/tags\/list/.test(path)) return undefined;
            asked += 1;
            return lasting || asked === 1 ? { kind: 'elsewhere', port } : undefined;
          });
          const { outcome } = await scene.publish(runOf({ primary }));
          if (asked === 0 || !['superseded', 'healed', 'failed'].includes(outcome)) throw new Error(`ended ${outcome}`);
          await assertShows(scene, RIVAL);
          scene.proxies[store].choose(() => undefined);
          assertEnded(await scene.publish(runOf({ primary, run: 3 })), ['superseded']);
          await assertShows(scene, RIVAL);
        } finally {
          await past.stop();
        }
      }),
  };
}

/** Something else lies under a digest: the create-only write finds it there, reading back finds it out. */
function damaged(what: string, primary: StoreName): Story {
  const step = STEPS.find((one) => one.store === 'us' && one.what === what);
  return {
    what: `other bytes where ${what} belongs, primary ${primary}`,
    run: (bases) =>
      onScene(bases, primary, async (scene) => {
        let damage = 0;
        scene.proxies.us.choose((request) => {
          if (step === undefined || damage > 0 || !isAt(step, request)) return undefined;
          damage += 1;
          const key = decodeURIComponent(request.path.replace(/^\/fleet\//, '').replace(/\?.*$/, ''));
          const [known] = scene.stage.live.objects.values();
          if (known !== undefined)
            scene.stage.live.objects.set(key, { ...known, bytes: Buffer.from('other bytes'), etag: '0'.repeat(32) });
          return undefined;
        });
        assertEnded(await scene.publish(runOf({ primary })), ['published']);
        if (damage === 0) throw new Error('nothing was damaged');
        await assertShows(scene, AFTER);
        for (const { bytes } of scene.stage.live.objects.values())
          if (String(bytes) === 'other bytes') throw new Error('the damage is still there');
      }),
  };
}

const DAY = 24 * 3600 * 1000;
const WINDOW = 15 * 60 * 1000;

/** The bucket's clock is a day ahead, and it refuses what is signed for another time, as S3 does. */
function skewed(primary: StoreName): Story {
  return {
    what: `a bucket whose clock is a day ahead, primary ${primary}`,
    run: (bases) =>
      onScene(bases, primary, async (scene) => {
        let refused = 0;
        scene.proxies.us.choose(({ headers }): Fault | undefined => {
          const [, day = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(headers.get('x-amz-date') ?? '') ?? [];
          const iso = `${day.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;
          const now = Date.now() + DAY;
          const date = new Date(now).toUTCString();
          if (Math.abs(Date.parse(iso) - now) < WINDOW) return { kind: 'dated', date };
          refused += 1;
          const { headers: type = {}, body = '' } = s3Error(403, 'RequestTimeTooSkewed');
          return { kind: 'answer', answer: { status: 403, headers: { ...type, date }, body: String(body) } };
        });
        assertEnded(await scene.publish(runOf({ primary })), ['published']);
        if (refused === 0) throw new Error('no request was refused');
        await assertShows(scene, AFTER);
      }),
  };
}

const RIVALLED = STEPS.filter(({ fresh }) => fresh !== true);

/** All of them. */
export const STORIES: readonly Story[] = ROLES.flatMap((primary) => [
  ...RIVALLED.map((step) => rival(step, primary)),
  ...ROLES.flatMap((store) => [false, true].map((lasting) => stale(store, primary, lasting))),
  ...['content', 'view', 'manifest', 'proof'].map((what) => damaged(what, primary)),
  skewed(primary),
]);
