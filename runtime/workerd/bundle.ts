/** Bundles each worker into one ES module. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type Plugin, stop } from "esbuild";
import { SOCKETS_SERVICE } from "../../workers/gateway/src/upstreams/sockets/opener.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { HASHER_WORKER } from "./hasher.ts";
import type { Worker } from "./topology.ts";
import { TYPESENSE_SERVICE } from "./typesense.ts";
import { INTERNAL_WORKER } from "./workerd.ts";

/** The workers of the runtime's own: the one behind the internal socket, the ways to a Typesense cluster and of WebSockets, the hasher. */
const OWN_WORKERS = {
  [INTERNAL_WORKER]: path.join(import.meta.dirname, "internal-worker.ts"),
  [TYPESENSE_SERVICE]: path.join(import.meta.dirname, "typesense-worker.ts"),
  [SOCKETS_SERVICE]: path.join(import.meta.dirname, "sockets-worker.ts"),
  [HASHER_WORKER]: path.join(import.meta.dirname, "hasher-worker.ts"),
};

/** A CommonJS package cannot reach a built-in module that stays outside of the bundle; this one is asked through ours. */
const NODE_UTIL = path.join(import.meta.dirname, "node-util.ts");

/** Typesense's client asks for these, and sends its requests by `fetch`. */
const NODE_NOTHING = path.join(import.meta.dirname, "node-nothing.ts");
const UNUSED = { http: NODE_NOTHING, https: NODE_NOTHING, crypto: NODE_NOTHING };

/** The file a worker's bundle is written to. */
export const bundlePath = (directory: string, worker: string): string => path.join(directory, `${worker}.js`);

const isBuildFailure = (error: unknown): error is { errors: { text: string; location: Location | null }[] } =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);

interface Location {
  file: string;
  line: number;
}

const describeFailure = (error: unknown): string => {
  if (!isBuildFailure(error)) return reasonOf(error);
  const [first] = error.errors;
  if (first === undefined) return "unknown error";
  return first.location === null ? first.text : `${first.location.file}:${first.location.line}: ${first.text}`;
};

/** zod brings its messages in some fifty languages; Fountain speaks one, and every isolate would hold all of them. */
const onlyEnglish: Plugin = {
  name: "only-english",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

export interface BundleOptions {
  /** Without the white space, the comments and the long names of variables that only people need. */
  compact?: boolean;
  /** What changes files on their way into the bundle. */
  plugins?: readonly Plugin[];
}

/**
 * V8 keeps a text in one byte a character, or in two if a single one needs it. Regular expressions, comments and tagged
 * templates are what esbuild leaves as it is; in all of them an escape means the same.
 */
const inAscii = (code: string): string =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

export interface Bundled {
  /** What was written. */
  bundles: string[];
  /** What they are made of. */
  sources: string[];
}

/**
 * Writes `<worker>.js` for each of the workers, and for those of the runtime, to `directory`. Returns the paths of files.
 * Throws {@link OperatorError}.
 */
export const bundleWorkers = async (
  workers: readonly Worker[],
  directory: string,
  { compact = false, plugins = [] }: BundleOptions = {},
): Promise<Bundled> => {
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: { ...OWN_WORKERS, ...Object.fromEntries(workers.map((w) => [w.worker, w.main])) },
      outdir: directory,
      bundle: true,
      format: "esm",
      target: "es2024",
      platform: "neutral",
      conditions: ["workerd", "worker", "browser"],
      mainFields: ["module", "browser", "main"],
      external: ["node:*", "cloudflare:*"],
      loader: { ".wasm": "copy" },
      assetNames: "[name]",
      alias: { util: NODE_UTIL, ...UNUSED },
      minify: compact,
      logLevel: "silent",
      plugins: [onlyEnglish, ...plugins],
      write: false,
      metafile: true,
    });
    mkdirSync(directory, { recursive: true });
    for (const { path: file, text, contents } of outputFiles)
      writeFileSync(file, file.endsWith(".wasm") ? contents : inAscii(text));
    return {
      bundles: outputFiles.map(({ path: file }) => file),
      sources: Object.keys(metafile.inputs).map((file) => path.resolve(file)),
    };
  } catch (cause) {
    throw new OperatorError(`a worker cannot be bundled: ${describeFailure(cause)}`, { cause });
  } finally {
    // esbuild's own process has done its work.
    await stop();
  }
};
