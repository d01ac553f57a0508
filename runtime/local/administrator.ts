/** The administrator of a new installation, created through the internal socket on the first start. */
import { callLocal } from "./local-http.ts";
import { OperatorError } from "./operator-error.ts";
import { generatePassword, WRONG_SECRET_KEY } from "./secrets.ts";
import type { Settings } from "./settings.ts";

const TIMEOUT_MS = 15_000;

export interface Administrator {
  username: string;
  /** Present when it was generated: to be shown once and kept nowhere. */
  generatedPassword?: string;
}

/** The administrator just created, or undefined when there are users already. Throws {@link OperatorError}. */
export const createAdministrator = async (
  socketPath: string,
  { adminUsername: username, adminPassword }: Settings,
): Promise<Administrator | undefined> => {
  const password = adminPassword ?? generatePassword();
  const body = JSON.stringify({ username, password });
  const { status, text } = await callLocal({
    to: { socketPath },
    method: "POST",
    path: "/administrator",
    body,
    timeoutMs: TIMEOUT_MS,
  });
  if (status !== 200) throw new OperatorError(`the administrator cannot be created (${status} ${text})`);
  if (text === "exists") return undefined;
  if (text === "created") return adminPassword === undefined ? { username, generatedPassword: password } : { username };
  if (text === "wrong-secret-key") throw new OperatorError(WRONG_SECRET_KEY);
  throw new OperatorError(
    "the administrator cannot be created: ADMIN_PASSWORD must have at least 12 characters and must not be common, and ADMIN_USERNAME must be a valid username",
  );
};
