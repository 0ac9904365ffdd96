import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The fast suite: no real servers, no network. The interop suite has a configuration of its own. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**', 'node_modules/**'],
    testTimeout: 30_000,
  },
});

export default config;
