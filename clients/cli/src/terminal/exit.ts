/** How the program ends: its exit codes, and the error that carries one. */

/** What each exit code means; `docs/cli.md` lists them from here. */
export const EXIT_CODES = {
  done: { code: 0, meaning: "done" },
  failed: { code: 1, meaning: "refused or failed: the message says why" },
  usage: { code: 2, meaning: "the command cannot be understood, or a file cannot be read" },
  notLoggedIn: { code: 3, meaning: "not logged in, or the session or the API key is no longer valid" },
  stepUp: { code: 4, meaning: "a second factor, or a recent login, is needed and was not given" },
  unavailable: { code: 5, meaning: "Fountain cannot be reached, is overloaded, or limits the caller: try again later" },
  interrupted: { code: 130, meaning: "interrupted by Ctrl-C" },
} as const;

export type Ending = keyof typeof EXIT_CODES;

/** What ends a command. `hint` says what to do next. */
export class CommandError extends Error {
  readonly ending: Ending;
  readonly hint: string | undefined;

  constructor(ending: Ending, message: string, hint?: string) {
    super(message);
    this.ending = ending;
    this.hint = hint;
  }
}

export const usageError = (message: string, hint?: string): CommandError => new CommandError("usage", message, hint);
