/** The second factors of a visitor, as the page offers them, and challenges to pass one. */
import { z } from "zod";
import { done } from "./operations.ts";
import type { PageCall } from "./page-call.ts";
import type { Visitor } from "./visitor.ts";

const factorSchema = z.object({
  factorId: z.string(),
  type: z.enum(["totp", "webauthn", "email", "sms"]),
  name: z.string(),
  destination: z.string().optional(),
  backedUp: z.boolean().optional(),
  disabledAt: z.string().nullish(),
  createdAt: z.string(),
  confirmedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});

export type ShownFactor = z.infer<typeof factorSchema>;

/** More than anyone may have. */
const ALL = "/twofa/factors?limit=200";

/** The factors that are active. */
export const factorsOf = async (page: PageCall, { token }: Visitor): Promise<ShownFactor[]> => {
  const { items } = done(
    await page.operate({ method: "GET", path: ALL, token }, z.object({ items: z.array(factorSchema) })),
  );
  return items.filter(({ confirmedAt }) => confirmedAt !== null);
};

/** The options for a passkey of the visitor's, as JSON; `undefined`: they have none to use. */
export const passkeyOptions = async (page: PageCall, { token }: Visitor): Promise<string | undefined> => {
  const json = { channel: "webauthn" };
  const options = await page.operate(
    { method: "POST", path: "/twofa/auth/generate", token, json },
    z.looseObject({ challengeId: z.string() }),
  );
  return options.ok ? JSON.stringify(options.value) : undefined;
};
