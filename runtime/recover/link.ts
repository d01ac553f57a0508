/** Makes a recovery link and shows it, wherever the installation's database is. */
import {
  createRecoveryCommand,
  type RecoveryCommandOptions,
} from "../../workers/kms/src/composition/recovery-command.ts";
import type { NoRecoveryLink } from "../../workers/kms/src/recovery/recovery-links.ts";
import { WrongSecretKey } from "../../workers/kms/src/tokens/signing-key.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { WRONG_SECRET_KEY } from "../local/secrets.ts";

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? "there is no administrator who can log in"
    : `administrators who can log in: ${names.map((name) => `"${name}"`).join(", ")}`;

const refusalOf = (username: string, error: NoRecoveryLink): string => {
  switch (error.kind) {
    case "unknown-user":
      return `no user has the name "${username}"; ${listed(error.administrators)}`;
    case "locked":
      return `"${username}" was locked by an administrator: recover another, who can unlock them; ${listed(error.administrators)}`;
    case "not-administrator":
      return `"${username}" is no administrator: an administrator can help them, by POST /kms/users/${error.userId}/reset-link and DELETE /twofa/users/${error.userId}/factors`;
  }
};

/** Data of a version that is older than this one, or none at all. */
const isOtherSchema = (error: unknown): boolean => /no such (table|column)/.test(reasonOf(error));

const described = (error: unknown): unknown => {
  if (error instanceof WrongSecretKey) return new OperatorError(WRONG_SECRET_KEY, { cause: error });
  if (!isOtherSchema(error)) return error;
  return new OperatorError("the data is of another version of Fountain: start this one once, then try again", {
    cause: error,
  });
};

/** Shows a link on standard output, and what is about it on standard error. Throws {@link OperatorError} with what is to be done. */
export const showRecoveryLink = async (username: string, options: RecoveryCommandOptions): Promise<void> => {
  const make = async () => (await createRecoveryCommand(options)).create(username);
  const created = await make().catch((error: unknown) => {
    throw described(error);
  });
  if (!created.ok) throw new OperatorError(refusalOf(username, created.error));
  const { username: name, url, expiresAt } = created.value;
  console.log(url);
  console.error(`It sets a new password for "${name}", and removes all second factors and sessions of the account.`);
  console.error(`It works once, until ${expiresAt.toISOString()}, and is shown only now. An earlier link is void.`);
};
