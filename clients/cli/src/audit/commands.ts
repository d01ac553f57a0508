/** `fountain audit`: follows the audit trail, and verifies it. */
import { command, type Group } from "../definition/command.ts";
import { EXIT_CODES, usageError } from "../terminal/exit.ts";
import { tail } from "./tail.ts";

const verify = command({
  summary: "verify the audit trail on this machine: the one of Fountain, or an export",
  details:
    "Without FILE, the whole trail is exported and checked by the signing keys that Fountain publishes. Ends with 1 where an entry was changed, removed, inserted or moved.",
  args: ["[FILE]"],
  options: {
    keys: {
      type: "string",
      value: "FILE",
      summary: "of a FILE: a saved copy of /.well-known/jwks.json, whose keys alone are trusted",
    },
    checkpoints: {
      type: "string",
      value: "FILE",
      summary: "of a FILE: saved checkpoints, which the trail must still match",
    },
  },
  examples: ["audit verify", "audit verify audit.jsonl --keys jwks.json"],
  run: async (context, given) => {
    const [file] = given.args;
    const proofs = (["keys", "checkpoints"] as const).flatMap((name) => {
      const value = given.text(name);
      return value === undefined ? [] : [`--${name}=${value}`];
    });
    if (file === undefined && proofs.length > 0) throw usageError("--keys and --checkpoints are for a FILE.");
    // Other commands start sooner without the cryptography.
    const { verifyFile, verifyTrail } = await import("./verifying.ts");
    const verdict = file === undefined ? await verifyTrail(context) : await verifyFile(context, [file, ...proofs]);
    context.output.result(verdict, () => verdict.lines.join("\n"));
    return verdict.valid ? EXIT_CODES.done.code : EXIT_CODES.failed.code;
  },
});

export const audit: Group = { summary: "the audit trail", commands: { tail, verify } };
