import { createRoute, z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, problems } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { entryOf, type KmsApp, record } from "../http/frame.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { findUser, toUserAnswer, USER_EXAMPLE, userAnswer } from "../http/user-answer.ts";
import { isBeyondDefault } from "./granting.ts";
import { assertHeld } from "./roles.routes.ts";

const params = z.object({ id: reference() });
const lockAnswer = userAnswer.extend(warningFields).openapi("LockedUser");

const lockUser = createRoute({
  method: "post",
  path: "/users/{id}/lock",
  operationId: "kms.lockUser",
  tags: ["Accounts"],
  summary: "Lock a user: their sessions end, and they cannot log in",
  request: { params },
  responses: {
    200: json(lockAnswer, "The locked user", { ...USER_EXAMPLE, lockedAt: EXAMPLE.today }),
    ...problems("not-found", "conflict"),
  },
});

const unlockUser = createRoute({
  method: "post",
  path: "/users/{id}/unlock",
  operationId: "kms.unlockUser",
  tags: ["Accounts"],
  summary: "Unlock a user, so that they can log in again",
  request: { params },
  responses: {
    200: json(lockAnswer, "The unlocked user", USER_EXAMPLE),
    ...problems("not-found"),
  },
});

export const addUserLock = (app: KmsApp): void => {
  app.openapi(lockUser, async (context) => {
    const { users, now } = context.var.services;
    const grantor = grantorOf(context, "access");
    const { id } = context.req.valid("param");
    const user = await findUser(context, id);
    await assertHeld(context, user.roles);
    const event = { action: "user.lock", outcome: "success", target: id } as const;
    const isLocked = await users.lock(id, new Date(now()), await entryOf(context, event));
    if (isLocked) record(context, event);
    const locked = await findUser(context, id);
    if (locked.lockedAt === null)
      throw problem("conflict", {
        detail: "This is the last administrator. Make another user an administrator first.",
      });
    return context.json({ ...toUserAnswer(locked), ...warningsTo(grantor) }, 200);
  });

  app.openapi(unlockUser, async (context) => {
    const { users } = context.var.services;
    const { id } = context.req.valid("param");
    const user = await findUser(context, id);
    // To let an administrator in again is to hand out what they may do.
    const grantor = grantorOf(context, isBeyondDefault(user.roles) ? "rights" : "access");
    await assertHeld(context, user.roles);
    const event = { action: "user.unlock", outcome: "success", target: id } as const;
    if (await users.unlock(id, await entryOf(context, event))) record(context, event);
    return context.json({ ...toUserAnswer(await findUser(context, id)), ...warningsTo(grantor) }, 200);
  });
};
