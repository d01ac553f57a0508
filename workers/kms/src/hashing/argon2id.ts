/** Argon2id (RFC 9106) by the WebAssembly of OpenPGP.js, in one memory that the hashes of an isolate use in turn. */
import compiled from "argon2id/dist/simd.wasm";
import setUp, { type Argon2idParams } from "argon2id/lib/setup.js";

const BYTES_OF_KIB = 1024;
/** What the package uses before the blocks: less than this. */
const WORKSPACE_KIB = 16;

type Compute = (input: Argon2idParams) => Uint8Array;

/** 65 MiB of addresses, of which only what a hash has used is in memory; it grows for a hash that needs more. */
export const loadArgon2id = async (): Promise<Compute> => {
  let memory: WebAssembly.Memory | undefined;
  const instantiate = (imports: WebAssembly.Imports) => {
    memory = imports["env"]?.["memory"] as WebAssembly.Memory;
    return { module: compiled, instance: new WebAssembly.Instance(compiled, imports) };
  };
  const compute = await setUp(instantiate, instantiate);
  return (input) => {
    try {
      return compute(input);
    } finally {
      // The package leaves the blocks, by which a guess could be checked without the time that a hash takes.
      if (memory) new Uint8Array(memory.buffer, 0, (input.memorySize + WORKSPACE_KIB) * BYTES_OF_KIB).fill(0);
    }
  };
};

let loaded: Compute | undefined;

/** Blocks the thread. Throws what the package throws on parameters that RFC 9106 does not allow. */
export const argon2id = async (input: Argon2idParams): Promise<Uint8Array> => {
  // Two requests that come first load it twice, as neither may wait for what the other does.
  loaded ??= await loadArgon2id();
  return loaded(input);
};
