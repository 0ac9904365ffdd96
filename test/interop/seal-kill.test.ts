/** A signed publish that ends at any of its requests: names show what is proved, a rerun completes, nothing is proved twice. */
import { expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import { killAt, type Publication, pointsOf } from '../flow/seal-kills.ts';
import { NEW, OWN, shareTrees, signedFleet } from '../flow/signed-fleet.ts';
import { TRIED } from '../flow/stage.ts';

shareTrees();

const SWITCH = { KEY: NEW.key, PUB: NEW.pub };
const once = (): number => 1;
const never = (): number => 0;
/** Only what changed has no proof by the first key. */
const twiceUnlessNew = (artifact: string): number => (artifact === 'south' ? 1 : 2);

interface Case extends Omit<Publication, 'from' | 'everywhere'> {
  readonly everywhere?: true;
  readonly fromNothing?: true;
}

const CASES: Readonly<Record<string, Case>> = {
  'a first release with both kinds of signatures': {
    fromNothing: true,
    publishing: { config: 'legacy.yaml' },
    readers: [OWN.pub],
    signer: OWN.pub,
    beside: { bundles: once, signatures: once },
    hasApi: false,
  },
  'a change while older signatures are switched on': {
    publishing: { at: 'south', config: 'legacy.yaml' },
    readers: [OWN.pub],
    signer: OWN.pub,
    beside: { bundles: once, signatures: once },
    hasApi: false,
  },
  'a change where the registry lists referrers': {
    everywhere: true,
    publishing: { at: 'south' },
    readers: [OWN.pub],
    signer: OWN.pub,
    beside: { bundles: once, signatures: never },
    hasApi: true,
  },
  'a new key': {
    everywhere: true,
    publishing: { env: SWITCH },
    readers: [OWN.pub, NEW.pub],
    signer: NEW.pub,
    beside: { bundles: () => 2, signatures: never },
    hasApi: false,
  },
  'a change with a version': {
    publishing: { at: 'south', args: ['--version', '1.0.0'] },
    version: '1.0.0',
    readers: [OWN.pub],
    signer: OWN.pub,
    beside: { bundles: once, signatures: never },
    hasApi: false,
  },
  'a first release that a registry orders': {
    fromNothing: true,
    publishing: { config: 'ordered-by-registry.yaml' },
    readers: [OWN.pub],
    signer: OWN.pub,
    beside: { bundles: once, signatures: never },
    hasApi: false,
  },
  'a new key, a change and older signatures at once': {
    publishing: { at: 'south', config: 'legacy.yaml', env: SWITCH },
    readers: [OWN.pub, NEW.pub],
    signer: NEW.pub,
    beside: { bundles: twiceUnlessNew, signatures: once },
    hasApi: false,
  },
};

test.each(Object.entries(CASES))(
  '%s',
  { timeout: 600_000 },
  async (title, { fromNothing, everywhere = false, ...rest }) => {
    const from = fromNothing ? TRIED : (await signedFleet()).stage.contents();
    const publication = { ...rest, from, everywhere };
    const numbers = (await pointsOf(publication)).map((_, index) => index + 1);
    const killed = await eachLimit(numbers, 2, (wanted) => killAt(publication, (_, number) => number === wanted));
    const count = killed.filter((point) => point !== undefined).length;
    console.log(`${title}: ended at ${count} points`);
    expect(count).toBeGreaterThan(numbers.length * 0.9);
    expect(count).toBeGreaterThan(everywhere ? 60 : 15);
  },
);
