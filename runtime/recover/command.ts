/** What the commands that show a recovery link have in common. */
import { OperatorError, reasonOf } from "../local/operator-error.ts";

/** Runs a command: its failure is one line, and exit code 1. */
export const runCommand = async (command: () => Promise<void>): Promise<void> => {
  try {
    await command();
  } catch (error) {
    console.error(`Fountain: ${error instanceof OperatorError ? error.message : `no link: ${reasonOf(error)}`}`);
    process.exitCode = 1;
  }
};
