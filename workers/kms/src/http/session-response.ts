/** Sessions as the API shows them. */
import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { endOfSession } from "../sessions/session.ts";
import type { ListedSession } from "../sessions/sessions.ts";

export const sessionBody = z
  .object({
    id: z.string(),
    current: z.boolean().openapi({ description: "Whether it is the session of this request" }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().openapi({ description: "The last login or refresh" }),
    expiresAt: z.iso.datetime().openapi({ description: "When it ends if it is not used" }),
    acr: z.enum(["aal1", "aal2"]),
    amr: z.array(z.string()),
    client: z.object({
      id: z.string().openapi({ description: "The OAuth client; `fountain` where users act themselves" }),
      userAgent: z.string().nullable().openapi({ description: "What the software called itself at the login" }),
    }),
    address: z.string().nullable().openapi({ description: "The network address at the login, if it is known" }),
  })
  .openapi("Session");

export const toSessionBody = (
  { origin, ...session }: ListedSession,
  currentId: string,
): z.infer<typeof sessionBody> => ({
  id: session.id,
  current: session.id === currentId,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.usedAt.toISOString(),
  expiresAt: endOfSession(session).toISOString(),
  acr: session.acr,
  amr: session.amr,
  client: { id: session.clientId, userAgent: origin.userAgent ?? null },
  address: origin.address ?? null,
});

export const SESSION_EXAMPLE: z.input<typeof sessionBody> = {
  id: EXAMPLE.sessionId,
  current: true,
  createdAt: EXAMPLE.today,
  lastUsedAt: EXAMPLE.quarterLater,
  expiresAt: EXAMPLE.monthLater,
  acr: "aal1",
  amr: ["pwd"],
  client: { id: "fountain", userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" },
  address: EXAMPLE.address,
};
