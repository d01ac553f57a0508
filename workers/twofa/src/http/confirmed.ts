/** The response when a factor becomes active, and the problems when it does not. */
import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { ConfirmationFailure, Confirming } from "../factors/confirmation.ts";
import { codeRefused, locked } from "./refusals.ts";

export const confirmedSchema = z
  .object({
    factorId: z.uuid(),
    confirmedAt: z.iso.datetime(),
    recoveryCodes: z
      .array(z.string())
      .openapi({ description: "Ten codes with your first factor, only in this response; none with later factors" }),
  })
  .openapi("ConfirmedFactor");

/** Two of the ten. */
export const RECOVERY_CODES_EXAMPLE = ["4h7kq-9wz2m", "x3n8d-t5rb6"];

/** The first factor of a user. */
export const CONFIRMED_EXAMPLE: z.input<typeof confirmedSchema> = {
  factorId: EXAMPLE.factorId,
  confirmedAt: EXAMPLE.today,
  recoveryCodes: RECOVERY_CODES_EXAMPLE,
};

const refusalOf = (error: ConfirmationFailure): Problem => {
  switch (error.kind) {
    case "not-found":
      return problem("not-found", { detail: "No such factor awaits confirmation. Enrol again." });
    case "already-confirmed":
      return problem("conflict", { detail: "This factor is already confirmed." });
    case "locked":
      return locked(error.retryAfterSeconds);
    case "wrong-code":
      return codeRefused();
  }
};

/** The response body. Throws the problem of a refusal. */
export const confirmedBody = (confirmed: Confirming): z.infer<typeof confirmedSchema> => {
  if (!confirmed.ok) throw refusalOf(confirmed.error);
  const { factorId, confirmedAtMs, recoveryCodes } = confirmed.value;
  return { factorId, confirmedAt: new Date(confirmedAtMs).toISOString(), recoveryCodes };
};
