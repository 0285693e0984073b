import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,sdk,test,bench}/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts', 'test/browser/setup.ts'],
    // Two at a time: PostgreSQL and a browser want a core as well.
    maxWorkers: 2,
    // Nothing asserts on time; these only end a test that hangs, also on a machine that is busy with other things.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Waiting for something to hold is given up as late as that; Vitest's own second is short on a busy machine.
    expect: { poll: { timeout: 60_000, interval: 20 } },
    reporters: ['default', './test/closing-line.ts'],
  },
});
