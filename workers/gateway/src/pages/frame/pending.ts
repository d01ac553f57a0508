/**
 * A form that waits for its sender to confirm who they are: it goes along with the question, sealed, so that it can be repeated
 * afterwards without being typed, shown or stored.
 */
import { z } from "zod";
import { unwrap } from "#shared/lang/result.ts";
import type { GatewayServices } from "../../composition/services.ts";

/** The name of the field that carries it. */
export const PENDING_FIELD = "pending";

const LIFETIME_MS = 10 * 60 * 1000;

const pendingSchema = z.object({
  path: z.string(),
  form: z.record(z.string(), z.string()),
  expiresAtMs: z.number(),
});

export type Pending = Pick<z.infer<typeof pendingSchema>, "path" | "form">;

/** No one but the user whose form it is can have it repeated. */
const contextOf = (userId: string): string => `gateway/pending-form/${userId}`;

interface Sealing {
  kms: Pick<GatewayServices["kms"], "seal" | "open">;
  now: () => number;
}

/** The form, sealed for this user for ten minutes. */
export const sealPending = async ({ kms, now }: Sealing, userId: string, { path, form }: Pending): Promise<string> => {
  const expiresAtMs = now() + LIFETIME_MS;
  const plaintext = JSON.stringify({ path, form, expiresAtMs });
  const sealed = await kms.seal({ context: contextOf(userId), plaintext });
  return unwrap(sealed);
};

/** The form; `undefined`: it is another user's, too old, or none. */
export const openPending = async (
  { kms, now }: Sealing,
  userId: string,
  ciphertext: string,
): Promise<Pending | undefined> => {
  const opened = await kms.open({ context: contextOf(userId), ciphertext });
  if (!opened.ok) return undefined;
  const { path, form, expiresAtMs } = pendingSchema.parse(JSON.parse(opened.value));
  return expiresAtMs > now() ? { path, form } : undefined;
};
