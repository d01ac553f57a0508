/** The administrator of a new installation, created through the internal socket on the first start, and their way in. */
import { callLocal } from "./local-http.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";
import { generatePassword, WRONG_SECRET_KEY } from "./secrets.ts";
import type { Settings } from "./settings.ts";

const TIMEOUT_MS = 15_000;

export interface Administrator {
  username: string;
  /** Present when it was generated: to be shown once and kept nowhere. */
  generatedPassword?: string;
}

/** A link by which the first administrator logs in, once. */
export interface FirstLogin {
  username: string;
  /** To be shown once and kept nowhere. */
  url: string;
  expiresAt: string;
}

export interface Access {
  /** The administrator just created; absent when there was one already. */
  readonly administrator: Administrator | undefined;
  /** Absent once that administrator has logged in, and where it was not asked for. */
  readonly firstLogin: FirstLogin | undefined;
}

const post = (socketPath: string, path: string, body = ""): Promise<{ status: number; text: string }> =>
  callLocal({ to: { socketPath }, method: "POST", path, body, timeoutMs: TIMEOUT_MS });

/** The administrator just created, or undefined when there are users already. Throws {@link OperatorError}. */
const createAdministrator = async (
  socketPath: string,
  { adminUsername: username, adminPassword }: Settings,
): Promise<Administrator | undefined> => {
  const password = adminPassword ?? generatePassword();
  const { status, text } = await post(socketPath, "/administrator", JSON.stringify({ username, password }));
  if (status !== 200) throw new OperatorError(`the administrator cannot be created (${status} ${text})`);
  if (text === "exists") return undefined;
  if (text === "created") return adminPassword === undefined ? { username, generatedPassword: password } : { username };
  if (text === "wrong-secret-key") throw new OperatorError(WRONG_SECRET_KEY);
  throw new OperatorError(
    "the administrator cannot be created: ADMIN_PASSWORD must have at least 12 characters and must not be common, and ADMIN_USERNAME must be a valid username",
  );
};

/** A new link, in the place of an earlier one; undefined when the first administrator has logged in. */
const createFirstLogin = async (socketPath: string): Promise<FirstLogin | undefined> => {
  const { status, text } = await post(socketPath, "/first-login-link");
  if (status !== 200) throw new Error(`${status} ${text}`);
  const created: FirstLogin | null = JSON.parse(text);
  return created ?? undefined;
};

export interface AccessOptions {
  settings: Settings;
  /** Someone sees a link for the first login: one is made where it is wanted. */
  showsFirstLogin: boolean;
  /** One line about something that went wrong on the way. */
  onNotice(message: string): void;
}

/** Creates the administrator and the link, as far as they are wanted. Throws {@link OperatorError}. */
export const createAccess = async (
  socketPath: string,
  { settings, showsFirstLogin, onNotice }: AccessOptions,
): Promise<Access> => {
  const administrator = await createAdministrator(socketPath, settings);
  // Nothing may fail between creating the password and showing it.
  const firstLogin = showsFirstLogin
    ? await createFirstLogin(socketPath).catch((error: unknown) => {
        onNotice(`no link for the first login could be made (${reasonOf(error)}): start again for one`);
        return undefined;
      })
    : undefined;
  return { administrator, firstLogin };
};
