/** Users as the API shows and takes them. */
import { z } from "@hono/zod-openapi";
import { HOLDS_CREDENTIAL, holdsNoCredential } from "#shared/contracts/credential-shape.ts";
import { emailText, text } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { accountFaults, type NewAccount } from "../accounts/accounts.ts";
import { MAX_PASSWORD_INPUT } from "../accounts/password-rules.ts";
import type { Profile } from "../accounts/user.ts";
import { MAX_USERNAME_INPUT, usernameFault } from "../accounts/username.ts";
import type { Busy } from "../hashing/hashing-queue.ts";
import { tooBusy } from "./attempt-response.ts";
import type { KmsContext } from "./context.ts";

export const userFields = {
  id: z.string(),
  username: z.string(),
  email: z.string().nullable(),
  emailVerified: z
    .boolean()
    .openapi({ description: "Whether the user has proved that mail to the address reaches them" }),
  roles: z.array(z.string()),
  createdAt: z.iso.datetime(),
  lockedAt: z.iso.datetime().nullable(),
};

export const userBody = z.object(userFields).openapi("User");

export const USER_EXAMPLE: z.input<typeof userBody> = {
  id: EXAMPLE.userId,
  username: EXAMPLE.username,
  email: EXAMPLE.email,
  emailVerified: true,
  roles: ["user"],
  createdAt: EXAMPLE.created,
  lockedAt: null,
};

export const newAddress = emailText().refine(holdsNoCredential, HOLDS_CREDENTIAL).openapi({ format: "email" });

export const newAccountFields = {
  username: text({ max: MAX_USERNAME_INPUT }),
  email: newAddress.optional(),
  password: text({ max: MAX_PASSWORD_INPUT }),
};

export const NEW_ACCOUNT_EXAMPLE = {
  username: EXAMPLE.username,
  email: EXAMPLE.email,
  password: "four unrelated plain words",
};

export const toUserBody = (user: Profile): z.infer<typeof userBody> => ({
  id: user.id,
  username: user.username,
  email: user.email,
  emailVerified: user.emailVerifiedAt !== null,
  roles: user.roles,
  createdAt: user.createdAt.toISOString(),
  lockedAt: user.lockedAt?.toISOString() ?? null,
});

const noSuchUser = (): Problem => problem("not-found", { detail: "No user has this id." });

/** The user with this id; refuses with 404 where there is none. */
export const findUser = async (context: KmsContext, id: string): Promise<Profile> => {
  const user = await context.var.services.users.findById(id);
  if (!user) throw noSuchUser();
  return user;
};

/** Refuses a username or password that the rules do not accept, with 422 and a pointer to each. */
export const assertAcceptable = (context: KmsContext, account: Omit<NewAccount, "roles">): void => {
  const faults = accountFaults(account, context.var.services.issuer);
  if (faults.length === 0) return;
  throw problem("invalid-input", {
    detail: "The username or the password does not meet the rules.",
    errors: faults.map(({ field, detail }) => ({ pointer: `#/${field}`, detail })),
  });
};

/** Refuses a username that the rules do not accept, with 422. */
export const assertUsername = (username: string): void => {
  const detail = usernameFault(username);
  if (detail !== undefined) throw problem("invalid-input", { errors: [{ pointer: "#/username", detail }] });
};

/** The problem of an account that cannot be created. */
export const accountRefused = (error: { kind: "username-taken" } | Busy): Problem =>
  error.kind === "busy"
    ? tooBusy(error)
    : problem("conflict", { detail: "This username is taken, or looks like one that is. Choose another." });

/** The problems of a change that an administrator cannot make of a user. */
export const ADMINISTRATION_REFUSALS = {
  unknown: noSuchUser,
  "last-administrator": () =>
    problem("conflict", { detail: "This is the last administrator. Make another user an administrator first." }),
};
