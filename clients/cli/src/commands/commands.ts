/** The table of all commands. */
import { audit } from "../audit/commands.ts";
import { command, type Group } from "../definition/command.ts";
import { completionOf, SHELLS } from "../definition/completion.ts";
import { GATEWAY } from "../gateway/commands.ts";
import { CONTENT } from "../operations/content.ts";
import { MACHINES } from "../operations/keys.ts";
import { PEOPLE } from "../operations/people.ts";
import { secrets } from "../secrets/commands.ts";
import { run } from "../secrets/run.ts";
import { usageError } from "../terminal/exit.ts";
import { api } from "./api.ts";
import { login, logout, whoami } from "./login.ts";
import { status } from "./status.ts";

const completion = command({
  summary: "print the completion script of a shell",
  args: [Object.keys(SHELLS).join("|")],
  examples: ["completion bash > ~/.local/share/bash-completion/completions/fountain"],
  run: async ({ output }, given) => {
    const [shell = ""] = given.args;
    const script = completionOf(COMMANDS, shell);
    if (script === undefined)
      throw usageError(`There is no completion for "${shell}".`, `There is for ${Object.keys(SHELLS).join(", ")}.`);
    output.raw(`${script}\n`);
  },
});

export const COMMANDS: Group = {
  summary: "the command line of Fountain",
  commands: {
    ...{ login, logout, whoami, status, run, secrets },
    ...MACHINES,
    ...PEOPLE,
    ...GATEWAY,
    audit,
    ...CONTENT,
    ...{ api, completion },
  },
};
