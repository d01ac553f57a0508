/** The modules that a worker consists of: its bundle, and the WebAssembly that the bundle imports. */
import { HASHER_WORKER } from "./hasher.ts";

/** Argon2id. */
const WASM_FILES = ["simd.wasm"];
const IMPORTERS: readonly string[] = ["kms", HASHER_WORKER];

/** The files of WebAssembly, in the folder of the bundles, that the bundle of a worker imports. */
export const wasmOf = (worker: string): readonly string[] => (IMPORTERS.includes(worker) ? WASM_FILES : []);

/** For workerd's configuration. */
export const moduleList = (worker: string): string =>
  [
    `(name = "${worker}.js", esModule = embed "${worker}.js")`,
    ...wasmOf(worker).map((file) => `(name = "${file}", wasm = embed "${file}")`),
  ].join(", ");
