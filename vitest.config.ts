import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/support/longest-first.ts";

export default defineConfig({
  test: {
    include: ["{workers,shared,runtime,tests}/**/*.test.ts"],
    globalSetup: "tests/support/setup.ts",
    pool: "forks",
    maxWorkers: 2,
    // Importing the harness again for each file took longer than many a file.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Far beyond what a quiet machine needs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
