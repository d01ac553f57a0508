/** `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a write that is sent again has its effect once. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Principal } from "#shared/auth/claims.ts";
import { HOLDS_CREDENTIAL, holdsNoCredential } from "#shared/contracts/credential-shape.ts";
import { text } from "#shared/contracts/input.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { sha256 } from "#shared/lang/digest.ts";
import { problem } from "#shared/problem/problem.ts";
import type { ServiceAServices } from "../composition/services.ts";
import type { IdempotencyKey, Written } from "../model/idempotency.ts";
import { callerOf } from "./author.ts";

const MAX_KEY_CHARACTERS = 255;
const HEADER = "idempotency-key";
const REPLAYED_HEADER = "idempotency-replayed";

export const idempotencyHeaders = z.object({
  [HEADER]: text({ max: MAX_KEY_CHARACTERS })
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .refine(holdsNoCredential, HOLDS_CREDENTIAL)
    .optional()
    .openapi({
      description:
        "Identifies this write for its caller, for 24 hours. Sent again with the same key, it has no second effect and " +
        "returns the first response, with `Idempotency-Replayed: true`. Another request with that key gets 422.",
    }),
});

const idempotencyKeyOf = async (
  { req }: Context<WorkerEnv<ServiceAServices>>,
  principal: Principal,
  input: readonly unknown[],
): Promise<IdempotencyKey | undefined> => {
  const key = req.header(HEADER);
  if (key === undefined) return undefined;
  const fingerprint = await sha256(JSON.stringify([req.method, req.path, ...input]));
  return { caller: callerOf(principal), key, fingerprint };
};

/** Does the write, once if the request names it, and gives what came of it. `input` is all that it depends on. */
export const writeOnce = async <Outcome>(
  context: Context<WorkerEnv<ServiceAServices>>,
  principal: Principal,
  input: readonly unknown[],
  write: (idempotencyKey?: IdempotencyKey) => Promise<Written<Outcome>>,
): Promise<Outcome> => {
  const written = await write(await idempotencyKeyOf(context, principal, input));
  if (!written.ok) {
    const detail = "This Idempotency-Key was used for another request. Use a new one.";
    throw problem("invalid-input", { detail, errors: [{ pointer: `#/header/${HEADER}`, detail }] });
  }
  // On the response to come, so that a problem has it too.
  if (written.value.isReplay) context.res.headers.set(REPLAYED_HEADER, "true");
  return written.value.outcome;
};
