/** A signed publish that ends where it hurts most; every other place is tried in the interop suite. */
import { expect, test } from 'vitest';
import { type At, killAt } from './seal-kills.ts';
import { NEW, OWN, type Publishing, shareTrees, signedFleet } from './signed-fleet.ts';

shareTrees();

const CHANGE: Publishing = { at: 'south', config: 'legacy.yaml' };
const SWITCH: Publishing = { env: { KEY: NEW.key, PUB: NEW.pub } };
const firstOf = (pattern: RegExp, when: 'before' | 'after'): At => {
  return (point) => point.when === when && point.write && pattern.test(`${point.store} ${point.path}`);
};

test.each<[string, Publishing, At]>([
  ['behind the first proof', CHANGE, firstOf(/^eu .*\/manifests\/sha256-/, 'after')],
  ['behind all proofs', CHANGE, firstOf(/^us .*\/releases\//, 'before')],
  ['behind the first record', CHANGE, firstOf(/^us .*\/releases\//, 'after')],
  ['behind the proofs of a new key', SWITCH, firstOf(/^us .*\/releases\//, 'before')],
])('a publisher that dies %s shows what is proved, and the next one proves the rest', async (_, publishing, at) => {
  const isSwitch = publishing === SWITCH;
  const killed = await killAt(
    {
      from: (await signedFleet()).stage.contents(),
      publishing,
      readers: isSwitch ? [OWN.pub, NEW.pub] : [OWN.pub],
      signer: isSwitch ? NEW.pub : OWN.pub,
      beside: { bundles: () => (isSwitch ? 2 : 1), signatures: () => (isSwitch ? 0 : 1) },
      hasApi: false,
      everywhere: true,
    },
    at,
  );
  expect(killed).toBeDefined();
});
