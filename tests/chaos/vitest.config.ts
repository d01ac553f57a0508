import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/chaos/*.spec.ts"],
    globalSetup: "tests/support/setup.ts",
    pool: "forks",
    // Each breaks what it runs on, and needs the machine for itself.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
