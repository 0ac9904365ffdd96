import fc from 'fast-check';

// The same examples in every run, so that a red run is a change's fault; SLIPWAY_SEED=random looks for new ones.
const { SLIPWAY_SEED: asked } = process.env;
if (asked !== 'random')
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: asked === undefined ? 20_261 : Number(asked) });
