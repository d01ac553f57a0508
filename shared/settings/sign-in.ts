/** How people get into an installation, which the kms enforces and pages show. */
import { z } from "zod";
import { choice, listed, type Rule, setting } from "./settings.ts";

const METHODS = ["password", "passkey"] as const;

export type SignInMethod = (typeof METHODS)[number];

const REGISTRATIONS = ["closed", "email", "open"] as const;

/** Whether strangers may create accounts: only through a link mailed to their address, or at once. */
export type Registration = (typeof REGISTRATIONS)[number];

export const registrationBinding = { REGISTRATION: choice(REGISTRATIONS, "closed") };

export const signInBindings = {
  ...registrationBinding,
  /** What a login may begin with. */
  SIGN_IN_METHODS: setting(
    "password, passkey, or both with a comma between",
    z
      .string()
      .transform(listed)
      .pipe(z.array(z.enum(METHODS)).min(1))
      .default([...METHODS])
      .transform((methods): ReadonlySet<SignInMethod> => new Set(methods)),
  ),
};

interface SignIn {
  REGISTRATION: Registration;
  SIGN_IN_METHODS: ReadonlySet<SignInMethod>;
}

/** Those who sign up have a password and nothing else yet. */
export const signInRule: Rule<SignIn> = {
  settings: ["REGISTRATION", "SIGN_IN_METHODS"],
  conflict: ({ REGISTRATION, SIGN_IN_METHODS }) =>
    REGISTRATION !== "closed" && !SIGN_IN_METHODS.has("password")
      ? ["REGISTRATION", `is ${REGISTRATION}, but no one could log in after it: SIGN_IN_METHODS has no password`]
      : undefined,
};
