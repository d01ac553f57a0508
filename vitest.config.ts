import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{workers,shared,runtime,tests}/**/*.test.ts"],
    globalSetup: "tests/setup.ts",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
