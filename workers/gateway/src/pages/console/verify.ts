/** The second factor, or the password again, in the middle of what one does at the console. */
import { z } from "zod";
import { problem } from "#shared/problem/problem.ts";
import { formToken } from "../frame/forgery.ts";
import { NOTHING, type Operation, type Refusal } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { pageJson } from "../frame/response.ts";
import { keepLogin, loginTokens, owesFactor, renewLogin, type Visitor, visitorOf } from "../frame/visitor.ts";

const passwordSchema = z.strictObject({ username: z.string(), password: z.string() });
const factorSchema = z.union([
  z.strictObject({ code: z.string(), challengeId: z.string().optional() }),
  z.strictObject({ recoveryCode: z.string() }),
  z.strictObject({ challengeId: z.string(), response: z.unknown() }),
]);

export const verifySchema = z.strictObject({
  /** The token of the page. */
  form: z.string(),
  proof: z.union([passwordSchema, factorSchema]),
});

const refused = ({ code, detail, retryAfterSeconds }: Refusal): Error =>
  problem(code, {
    detail,
    headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
  });

/** A new session of the same person takes the place of the one at hand. */
const logInAgain = async (page: PageCall, visitor: Visitor, json: z.infer<typeof passwordSchema>): Promise<void> => {
  const login = await page.operate({ method: "POST", path: "/kms/login", json }, loginTokens);
  if (!login.ok) throw refused(login.error);
  const me = await page.operate(
    { method: "GET", path: "/kms/me", token: login.value.access_token },
    z.object({ id: z.string() }),
  );
  if (!me.ok) throw refused(me.error);
  if (me.value.id !== visitor.principal.subject)
    throw problem("forbidden", { detail: "That is another person's account." });
  await keepLogin(page, login.value);
};

const passFactor = async (page: PageCall, visitor: Visitor, json: z.infer<typeof factorSchema>): Promise<void> => {
  const verify: Operation = { method: "POST", path: "/twofa/auth/verify", token: visitor.token, json };
  const verified = await page.operate(verify, NOTHING);
  if (!verified.ok) throw refused(verified.error);
  if (visitor.principal.acr === "aal1") await renewLogin(page);
};

/** The token of the page from now on, as the session's cookie may be another one. */
export const verifyVisitor = async (page: PageCall, { proof }: z.infer<typeof verifySchema>): Promise<Response> => {
  const visitor = await visitorOf(page);
  if (!visitor) throw problem("unauthenticated", { detail: "The session has ended: reload the page to log in." });
  if ("password" in proof) {
    // A password alone must not stand for a factor that was never passed.
    if (await owesFactor(page, visitor)) throw problem("forbidden", { detail: "Reload the page to log in." });
    await logInAgain(page, visitor, proof);
  } else await passFactor(page, visitor, proof);
  return pageJson(page, { form: formToken(page.jar.formSecret()) });
};
