/** Private calls between workers go through `shared/rpc` alone: it serves the entrypoints, and calls them. */
import { isTest, type SourceFile } from "./import-rules.ts";

const RPC = "shared/rpc/";
const DIRECT_CALL = /\.invoke\s*\(/;
/** What the runtime calls: maintenance, metrics and the like, of contracts that end in `InternalRpc`. */
const OTHER_ENTRYPOINT = /\bextends\s+WorkerEntrypoint\b(?!\s+implements\s+\w*InternalRpc\b)/;

/** A sentence for each of these files that goes past `shared/rpc`. */
export const findPrivateCalls = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ file }) => !isTest(file) && !file.startsWith(RPC))
    .flatMap(({ file, text }) => [
      ...(DIRECT_CALL.test(text) ? [`${file} calls a binding directly: use the client of its contract`] : []),
      ...(OTHER_ENTRYPOINT.test(text) ? [`${file} has an entrypoint of its own: serve it by ${RPC}serve.ts`] : []),
    ]);
