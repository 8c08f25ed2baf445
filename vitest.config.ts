import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Suites share one PostgreSQL server; more workers than this only make them wait for it.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['apps/**/*.ts', 'scripts/**/*.ts'],
      // Run as processes of their own by the end-to-end tests, where v8 does not count them.
      exclude: ['apps/*/main.ts', 'apps/shared/embedded/keeper.ts', 'scripts/*.ts'],
      reporter: ['text-summary', 'text'],
      thresholds: { lines: 85 },
    },
  },
});
