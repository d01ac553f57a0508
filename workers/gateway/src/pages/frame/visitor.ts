/** The visitor of a page: the session that the browser's cookie stands for, as it is at this moment. */
import { z } from "zod";
import type { Principal } from "#shared/auth/claims.ts";
import { unwrap } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { problem } from "#shared/problem/problem.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { NOTHING, Refused } from "./operations.ts";
import type { PageCall } from "./page-call.ts";

/** Nothing of it is remembered: a page asks each time, so that what was ended or raised a moment ago is seen at once. */
export interface Visitor {
  /** An access token with all that they may do. */
  token: string;
  principal: Principal;
}

/** The visitor, however many factors they have passed; `undefined`: no one is logged in. */
export const visitorOf = async ({ context, jar }: PageCall): Promise<Visitor | undefined> => {
  const { kms, verify } = context.get("services");
  if (jar.session === undefined) return undefined;
  const exchanged = await kms.exchangeBrowserCookie(jar.session);
  if (!exchanged.ok) return undefined;
  const { accessToken: token } = exchanged.value;
  const verification = await verify(token);
  if (verification.ok) return { token, principal: verification.value };
  if (verification.error.kind === "trust-unavailable") throw new Unavailable("the verification keys are not known");
  return undefined;
};

/** Whether the visitor has a second factor that this session has not passed: then they are not logged in yet. */
export const owesFactor = async ({ context }: PageCall, { principal }: Visitor): Promise<boolean> =>
  principal.acr === "aal1" && unwrap(await context.get("services").twofa.hasFactor(principal.subject));

/** What a login responds. */
export const loginTokens = z.object({ access_token: z.string(), refresh_token: z.string() });

/** Keeps a session that was just opened in the browser, in the place of the one that it may have had, which ends. */
export const keepLogin = async (page: PageCall, { refresh_token }: z.infer<typeof loginTokens>): Promise<void> => {
  const { kms } = page.context.get("services");
  const former = await visitorOf(page);
  const kept = await kms.keepInBrowser(refresh_token);
  if (!kept.ok)
    throw kept.error.kind === "blocked" ? tooOften(kept.error.retryAfterSeconds) : problem("unauthenticated");
  page.jar.keepSession(kept.value);
  if (former) await page.operate({ method: "POST", path: "/kms/logout", token: former.token }, NOTHING);
};

/** Ends the session of the browser, if it has one. Throws {@link Refused} where it continues. */
export const endLogin = async (page: PageCall, visitor: Visitor | undefined): Promise<void> => {
  if (visitor) {
    const ended = await page.operate({ method: "POST", path: "/kms/logout", token: visitor.token }, NOTHING);
    // It may have ended a moment ago.
    if (!ended.ok && ended.error.code !== "unauthenticated") throw new Refused(ended.error);
  }
  page.jar.endSession();
};

/** Gives the browser a new cookie for its session, which has been raised. */
export const renewLogin = async ({ context, jar }: PageCall): Promise<void> => {
  if (jar.session === undefined) return;
  const renewed = await context.get("services").kms.renewBrowserCookie(jar.session);
  if (renewed.ok) jar.keepSession(renewed.value);
  else jar.endSession();
};
