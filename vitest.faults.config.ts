import { defineConfig } from 'vitest/config';

/** The long form of the fault suite: npm run test:faults. */
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What it finds depends on processes that get their turn.
    fileParallelism: false,
    env: { FAULT_FORM: 'long' },
  },
});
