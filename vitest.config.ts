import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,sdk,test,bench}/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts', 'test/browser/setup.ts'],
    // Two at a time: PostgreSQL and a browser want a core as well.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/closing-line.ts'],
  },
});
