/** The first administrator's name and password, checked by the rules for those of every user. */
import type { Environment } from "./workers.ts";

/** One line for each that the kms would refuse; nothing where neither is set. The rules are loaded only if one is. */
export const administratorFaults = async ({
  ADMIN_USERNAME: username,
  ADMIN_PASSWORD: password,
  PUBLIC_URL: issuer,
}: Environment): Promise<string[]> => {
  const faults: string[] = [];
  if (username) {
    const { usernameFault } = await import("../../workers/kms/src/accounts/username.ts");
    const { showValue } = await import("../../shared/settings/describe.ts");
    const fault = usernameFault(username);
    if (fault !== undefined) faults.push(`ADMIN_USERNAME is ${showValue(username)}: it ${fault}`);
  }
  if (password) {
    const { passwordFault } = await import("../../workers/kms/src/accounts/password-rules.ts");
    const owner = {
      username: username || "admin",
      issuer: URL.canParse(issuer ?? "") ? (issuer ?? "") : "http://localhost",
    };
    const fault = passwordFault(password, owner);
    if (fault !== undefined) faults.push(`ADMIN_PASSWORD ${fault} (its value is not shown)`);
  }
  return faults;
};
