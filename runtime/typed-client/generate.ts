/** Generates the typed client's operations from the API document, with no worker running. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { z } from "zod";
import { type ApiDocument, sourceOf } from "./source.ts";

const documented = z.object({
  apiDocument: z.custom<() => Promise<ApiDocument>>((value) => typeof value === "function"),
});

/** What the workers' packages ask for where they are CommonJS. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** The API document of this checkout. Throws where a worker cannot be loaded. */
export const readApiDocument = async (): Promise<ApiDocument> => {
  const folder = mkdtempSync(path.join(tmpdir(), "fountain-document-"));
  const file = path.join(folder, "document.mjs");
  try {
    await build({
      entryPoints: [path.join(import.meta.dirname, "document.ts")],
      outfile: file,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "es2024",
      external: ["cloudflare:*"],
      loader: { ".wasm": "empty" },
      banner: { js: REQUIRE },
      logLevel: "error",
    });
    const { apiDocument } = documented.parse(await import(pathToFileURL(file).href));
    return await apiDocument();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Its path from the root. */
export const OPERATIONS_FILE = "clients/typescript/src/operations.generated.ts";

/** The source of {@link OPERATIONS_FILE}. */
export const generateOperations = async (): Promise<string> => sourceOf(await readApiDocument());
