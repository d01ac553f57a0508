/**
 * Part of `npm run check`: ends with code 1 when the reference of the command line is not what its definitions say. With
 * `--write`, as in `npm run fix`, it is generated.
 */
import { COMMANDS } from "../../clients/cli/src/commands/commands.ts";
import { referenceOf } from "../../clients/cli/src/definition/reference.ts";
import { keepGenerated } from "./generated.ts";

keepGenerated({ file: "docs/cli.md", text: referenceOf(COMMANDS), source: "what the commands declare" });
