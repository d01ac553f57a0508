/** What is answered when a factor becomes active, or does not. */
import { z } from "@hono/zod-openapi";
import { problem } from "#shared/problem/problem.ts";
import type { Confirming } from "../factors/confirmation.ts";
import { codeRefused, locked } from "./refusals.ts";

export const confirmedSchema = z
  .object({
    factorId: z.uuid(),
    confirmedAt: z.iso.datetime(),
    recoveryCodes: z
      .array(z.string())
      .openapi({ description: "Ten with your first factor, shown this once; none with later ones" }),
  })
  .openapi("ConfirmedFactor");

/** The answer, or the refusal as a problem to throw. */
export const confirmedBody = (confirmed: Confirming): z.infer<typeof confirmedSchema> => {
  switch (confirmed.outcome) {
    case "passed": {
      const { factorId, confirmedAtMs, recoveryCodes } = confirmed.value;
      return { factorId, confirmedAt: new Date(confirmedAtMs).toISOString(), recoveryCodes };
    }
    case "not-found":
      throw problem("not-found", { detail: "You have no such factor waiting for confirmation: enrol again." });
    case "already-confirmed":
      throw problem("conflict", { detail: "This factor is confirmed already." });
    case "locked":
      throw locked(confirmed.retryAfterSeconds);
    case "wrong-code":
      throw codeRefused();
  }
};
