import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Where `.ci/run` wants the results as JSON, to count them. */
const results = process.env.SLIPWAY_TEST_RESULTS;

/** The fast suite: no real servers, no network. The interop suite has a configuration of its own. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**', 'node_modules/**'],
    // By default one core stays idle, and machines of two are common in CI.
    maxWorkers: '100%',
    // Modules keep no state, so that files may share them: loading them anew for each file costs as much as the tests.
    isolate: false,
    setupFiles: ['test/seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...(results === undefined ? {} : { reporters: ['default', 'json'], outputFile: { json: results } }),
  },
});

export default config;
