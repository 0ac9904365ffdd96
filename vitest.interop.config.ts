import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Where `.ci/run` wants the results as JSON, to count them. */
const results = process.env.SLIPWAY_TEST_RESULTS;

/** The suite on real servers and programs. One file at a time: servers of two would only slow each other down. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    setupFiles: ['test/seed.ts'],
    fileParallelism: false,
    // The SDK's note about old Node versions, which the command line keeps quiet by itself.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    ...(results === undefined ? {} : { reporters: ['default', 'json'], outputFile: { json: results } }),
  },
});

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default config;
