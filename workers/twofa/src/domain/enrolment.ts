/** How a TOTP factor comes to be: enrolled with a new secret, active once a code of it is confirmed. */
import { failure, type Result, success } from "#shared/contracts/result.ts";
import { attempt, type Checked } from "./attempt.ts";
import { audited } from "./audited.ts";
import type { Ports } from "./ports.ts";
import { createRecoveryCodes, normalizeRecoveryCode } from "./recovery-code.ts";
import { createTotpSecret, matchingTimeStep, totpUri } from "./totp.ts";

const isTrue = (value: boolean): boolean => value;

export interface EnrolledTotp {
  factorId: string;
  /** Base32, shown to the owner this once. */
  secret: string;
  uri: string;
}

/** Enrols a factor that is not active yet. */
export const enrolTotp = async (
  ports: Ports,
  userId: string,
  name: string,
): Promise<Result<EnrolledTotp, "too-many-factors">> => {
  const factorId = ports.newId();
  const secret = createTotpSecret(ports.randomBytes);
  const username = await ports.vault.usernameOf(userId);
  const sealedSecret = await ports.vault.sealSecret(userId, factorId, secret);
  const factor = { id: factorId, userId, type: "totp" as const, name, sealedSecret, destinationMac: null };
  const enrolled = await audited(
    ports,
    { event: "factor.enrolled", subject: userId, factorId },
    () => ports.factors.enrol({ ...factor, createdAtMs: ports.now() }),
    isTrue,
  );
  if (!enrolled) return failure("too-many-factors");
  return success({ factorId, secret, uri: totpUri(secret, username) });
};

interface CodeBatch {
  codes: string[];
  macs: string[];
}

const createCodeBatch = async (ports: Ports, userId: string): Promise<CodeBatch> => {
  const codes = createRecoveryCodes(ports.randomBytes);
  const macs = codes.map((code) => ports.vault.macRecoveryCode(userId, normalizeRecoveryCode(code)));
  return { codes, macs: await Promise.all(macs) };
};

export interface ConfirmationRequest {
  userId: string;
  factorId: string;
  code: string;
  /** Whether the caller was let in without a second factor, as having none; then no other may come first. */
  asFirst: boolean;
}

export interface ConfirmedTotp {
  factorId: string;
  confirmedAtMs: number;
  /** Ten with the user's first factor, none with later ones. */
  recoveryCodes: string[];
}

export type Confirming = Checked<ConfirmedTotp> | { outcome: "not-found" } | { outcome: "already-confirmed" };

/** Makes a factor active. The code's time step is used up by it. */
export const confirmTotp = async (ports: Ports, request: ConfirmationRequest): Promise<Confirming> => {
  const { userId, factorId, code, asFirst } = request;
  const factor = await ports.factors.find(userId, factorId, ports.now());
  if (factor?.type !== "totp") return { outcome: "not-found" };
  if (factor.confirmedAtMs !== null) return { outcome: "already-confirmed" };
  const secret = await ports.vault.openSecret(userId, factorId, factor.sealedSecret);
  const batch = asFirst ? await createCodeBatch(ports, userId) : { codes: [], macs: [] };

  return attempt(ports, { userId, with: "confirmation" }, async () => {
    const nowMs = ports.now();
    const timeStep = matchingTimeStep(secret, code, nowMs);
    if (timeStep === undefined) return { found: "wrong" };
    const use = { userId, factorId, timeStep, nowMs, asFirst, recoveryCodeMacs: batch.macs };
    const event = { event: "factor.confirmed" as const, subject: userId, factorId };
    return (await audited(ports, event, () => ports.factors.confirm(use), isTrue))
      ? { found: "right", value: { factorId, confirmedAtMs: nowMs, recoveryCodes: batch.codes } }
      : { found: "used" };
  });
};

/** Ten new recovery codes; the old ones die. */
export const replaceRecoveryCodes = async (ports: Ports, userId: string): Promise<Result<string[], "no-factor">> => {
  const { codes, macs } = await createCodeBatch(ports, userId);
  const event = { event: "recovery-codes.replaced" as const, subject: userId };
  const isReplaced = await audited(ports, event, () => ports.recoveryCodes.replace(userId, macs), isTrue);
  if (!isReplaced) return failure("no-factor");
  return success(codes);
};
