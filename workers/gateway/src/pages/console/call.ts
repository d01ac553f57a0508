/**
 * What the console's script calls is made in the name of the browser's session, through the gateway's own pipeline. The script
 * never holds a token, and no other page of this host has what makes a call one of the console's.
 */
import { z } from "zod";
import { MAX_ADDRESS_CHARACTERS } from "#shared/http/access.ts";
import { canonicalPath } from "#shared/policy/path.ts";
import { problem } from "#shared/problem/problem.ts";
import { owesConsent } from "../frame/consents.ts";
import type { PageCall } from "../frame/page-call.ts";
import { owesFactor, type Visitor, visitorOf } from "../frame/visitor.ts";

/** Of a header field: what `Headers` takes, and no more than any of these needs. */
const field = z
  .string()
  .max(2_048)
  .regex(/^[ -~]*$/);

export const callSchema = z
  .strictObject({
    /** The token of the page. */
    form: z.string(),
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    /** With its query. In a URL, a backslash is a slash: at the beginning, two of either would name a host. */
    path: z
      .string()
      .max(MAX_ADDRESS_CHARACTERS)
      .regex(/^\/(?![/\\])[^\s#]*$/),
    headers: z
      .strictObject({
        accept: field.optional(),
        "content-type": field.optional(),
        "idempotency-key": field.optional(),
        "if-match": field.optional(),
      })
      .default({}),
    body: z.string().optional(),
  })
  .refine(({ method, body }) => method !== "GET" || body === undefined, {
    path: ["body"],
    message: "must be absent from a GET request",
  });

/** These give their callers tokens, and the console's script is to have none. */
const GIVING_TOKENS = new Set(["/kms/login", "/kms/login/passkey", "/kms/token", "/twofa/auth/verify"]);

/** The visitor, who must have got in: everything that a page would ask for first. Throws 401 or 403. */
const visitorIn = async (page: PageCall): Promise<Visitor> => {
  const visitor = await visitorOf(page);
  if (!visitor || (await owesFactor(page, visitor)))
    throw problem("unauthenticated", { detail: "The session has ended: reload the page to log in." });
  if (await owesConsent(page, visitor))
    throw problem("forbidden", { detail: "Something has to be agreed to first: reload the page." });
  return visitor;
};

/** Makes the call. Its response is the operation's own. */
export const makeCall = async (page: PageCall, call: z.infer<typeof callSchema>): Promise<Response> => {
  if (GIVING_TOKENS.has(canonicalPath(`http://host${call.path}`)))
    throw problem("forbidden", { detail: "The console cannot call what responds with tokens." });
  const { token } = await visitorIn(page);
  const { method, path, headers, body } = call;
  const response = await page.send({ method, path, token, headers, body });
  page.context.set("observed", true);
  return new Response(response.body, response);
};
