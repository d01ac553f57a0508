/** The secrets that Compose mounted into this container. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { OperatorError } from "../local/operator-error.ts";

const DIRECTORY = "/run/secrets";

/** The secret of this name. Throws {@link OperatorError} when it is missing or empty. */
export const mountedSecret = (name: string): string => {
  const file = path.join(DIRECTORY, name);
  const fault = (what: string, cause?: unknown) =>
    new OperatorError(`the secret ${name} ${what} (${file}): run \`npm run secrets\`, then start again`, { cause });
  let content: string;
  try {
    content = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw fault("is missing or cannot be read", cause);
  }
  if (content === "") throw fault("is empty");
  return content;
};

/** Has the operator filled in this secret, which is empty until then? */
export const isSecretGiven = (name: string): boolean => {
  const file = path.join(DIRECTORY, name);
  return existsSync(file) && readFileSync(file, "utf8").trim() !== "";
};
