import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // No test depends on how fast the machine is: these only end what hangs.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // By itself it leaves one processor free: of two, half.
    maxWorkers: availableParallelism(),
  },
});
