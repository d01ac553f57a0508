import { defineConfig, type Plugin } from "vitest/config";
import { LongestFirst } from "./tests/support/longest-first.ts";

/** What a worker imports compiled, Node shall, too. */
const compiledWasm: Plugin = {
  name: "compiled-wasm",
  enforce: "pre",
  load: (id) =>
    id.endsWith(".wasm")
      ? `import { readFileSync } from "node:fs"; export default new WebAssembly.Module(readFileSync(${JSON.stringify(id)}));`
      : undefined,
};

export default defineConfig({
  plugins: [compiledWasm],
  test: {
    include: ["{workers,shared,runtime,tests,clients}/**/*.test.ts"],
    globalSetup: "tests/support/setup.ts",
    setupFiles: ["tests/support/fountain/connections.ts"],
    pool: "forks",
    // Two more than processors: tests also wait, for what has to expire, spread or be tried again.
    maxWorkers: 4,
    // Miniflare would write all of them into every configuration, copying all code for each.
    env: { NODE_EXTRA_CA_CERTS: "" },
    server: { deps: { inline: [/\.wasm$/] } },
    // Importing the harness again for each file took longer than many a file.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Far beyond what a quiet machine needs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
