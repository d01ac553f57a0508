/** Recovery codes as they are issued and stored. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Ports } from "../model/ports.ts";
import { notifyUser } from "../notices/notices.ts";
import { createRecoveryCodes, normalizeRecoveryCode } from "./recovery-code.ts";

interface CodeBatch {
  codes: string[];
  macs: string[];
}

/** Ten new codes, with the keyed hashes they are stored as. */
export const createCodeBatch = async (ports: Ports, userId: string): Promise<CodeBatch> => {
  const codes = createRecoveryCodes(ports.randomBytes);
  const macs = codes.map((code) => ports.vault.macRecoveryCode(userId, normalizeRecoveryCode(code)));
  return { codes, macs: await Promise.all(macs) };
};

/** Ten new recovery codes; the old ones become invalid. */
export const replaceRecoveryCodes = async (ports: Ports, userId: string): Promise<Result<string[], "no-factor">> => {
  const { codes, macs } = await createCodeBatch(ports, userId);
  const isReplaced = await ports.recorder.change(
    { action: "recovery-codes.replace", outcome: "success", actor: userId, target: userId },
    async () => {
      if (!(await ports.factors.hasConfirmed(userId))) return false;
      await notifyUser(ports, userId, { kind: "recovery-codes-replaced" });
      return ports.recoveryCodes.replace(userId, macs);
    },
  );
  if (!isReplaced) return failure("no-factor");
  return success(codes);
};
