import { z } from "zod";
import { databaseBindings, setting, verifierBindings } from "#shared/http/bindings.ts";
import { isStrongSecretKey, MIN_SECRET_KEY_BYTES } from "./domain/root-key.ts";

export const envSchema = z.object({
  ...verifierBindings,
  /** What everything secret is encrypted or hashed under. */
  SECRET_KEY: setting(
    z.string().refine(isStrongSecretKey, `at least ${MIN_SECRET_KEY_BYTES} random bytes are required`),
  ),
  /** Whether strangers may create accounts: only `open` says yes. */
  REGISTRATION: setting(z.string().optional()),
  ...databaseBindings,
});
