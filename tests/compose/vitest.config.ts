import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/compose/*.spec.ts"],
    globalSetup: "tests/compose/setup.ts",
    setupFiles: "tests/compose/trust.ts",
    pool: "forks",
    // One stack, and tests that break parts of it.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
