/**
 * A form that waits for its sender to confirm who they are: it goes along with the question, sealed, so that it can be repeated
 * afterwards without being typed, shown or stored.
 */
import { z } from "zod";
import { unwrap } from "#shared/lang/result.ts";
import type { PageCall } from "./page-call.ts";

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

const kmsOf = ({ context }: PageCall) => context.get("services").kms;

/** The form, sealed for this user for ten minutes. */
export const sealPending = async (page: PageCall, userId: string, { path, form }: Pending): Promise<string> => {
  const expiresAtMs = page.context.get("services").now() + LIFETIME_MS;
  const plaintext = JSON.stringify({ path, form, expiresAtMs });
  const sealed = await kmsOf(page).seal({ context: contextOf(userId), plaintext });
  return unwrap(sealed);
};

/** The form; `undefined`: it is another user's, too old, or none. */
export const openPending = async (page: PageCall, userId: string, ciphertext: string): Promise<Pending | undefined> => {
  const opened = await kmsOf(page).open({ context: contextOf(userId), ciphertext });
  if (!opened.ok) return undefined;
  const { path, form, expiresAtMs } = pendingSchema.parse(JSON.parse(opened.value));
  return expiresAtMs > page.context.get("services").now() ? { path, form } : undefined;
};
