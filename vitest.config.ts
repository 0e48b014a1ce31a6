import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // No test depends on how fast the machine is: these only end what hangs.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // Files share what they load: formats, rules and regular expressions are compiled once a process, not once a file. What a
    // test changes of the process, it puts back.
    isolate: false,
    // By itself it leaves one processor free: of two, half.
    maxWorkers: availableParallelism(),
  },
});
