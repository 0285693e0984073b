import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,sdk,test,bench}/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts', 'test/browser/setup.ts'],
    // Two at a time: PostgreSQL and a browser want a core as well.
    maxWorkers: 2,
    // Nothing asserts on time; these only end a test that hangs, also on a machine that is busy with other things.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/closing-line.ts'],
  },
});
