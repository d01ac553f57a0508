/**
 * The cookies of the pages. They are read by pages only, never by an API route, and no script and no other host ever sees them
 * (RFC 6265bis §4.1.3.2, `__Host-`).
 */
import { randomBytes } from "node:crypto";

const SESSION = "__Host-fountain";
const FORM = "__Host-fountain-form";
const LANGUAGE = "__Host-fountain-language";

/** As old as a session can get, in seconds; the kms ends it sooner if it is not used. */
const SESSION_MAX_AGE = 90 * 24 * 60 * 60;
const LANGUAGE_MAX_AGE = 365 * 24 * 60 * 60;
const FORM_SECRET_BYTES = 32;
/** No cookie of ours is longer, nor has another character. */
const VALUE = /^[\w-]{1,64}$/;

/** The cookies of one call: those that came, and what becomes of them. */
export interface Jar {
  /** The value that stands for a session, alive or not. */
  readonly session: string | undefined;
  readonly language: string | undefined;
  /** What the tokens of forms are made of: the session's value or, before a login, a random one. */
  formSecret(): string;
  /** The secret that forms were made with, which come in with this call. */
  readonly sentSecret: string | undefined;
  keepSession(value: string): void;
  endSession(): void;
  keepLanguage(language: string): void;
  /** The `Set-Cookie` fields of the response. */
  readonly changes: readonly string[];
}

const parse = (header: string): Map<string, string> =>
  new Map(
    header.split(";").flatMap((pair) => {
      const [name = "", value = ""] = pair.trim().split("=");
      return VALUE.test(value) ? [[name, value] as const] : [];
    }),
  );

const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** `header`: the `Cookie` field of the request. */
export const openJar = (header: string | null): Jar => {
  const sent = parse(header ?? "");
  const changed = new Map<string, string>();
  let session = sent.get(SESSION);
  let form = sent.get(FORM);
  const put = (name: string, value: string, more: string): void => {
    changed.set(name, `${name}=${value}; ${ATTRIBUTES}${more}`);
  };
  return {
    get session() {
      return session;
    },
    language: sent.get(LANGUAGE),
    sentSecret: session ?? form,
    formSecret: () => {
      if (session !== undefined) return session;
      if (form === undefined) {
        form = randomBytes(FORM_SECRET_BYTES).toString("base64url");
        put(FORM, form, "");
      }
      return form;
    },
    keepSession: (value) => {
      session = value;
      put(SESSION, value, `; Max-Age=${SESSION_MAX_AGE}`);
    },
    endSession: () => {
      session = undefined;
      put(SESSION, "", "; Max-Age=0");
    },
    keepLanguage: (language) => put(LANGUAGE, language, `; Max-Age=${LANGUAGE_MAX_AGE}`),
    get changes() {
      return [...changed.values()];
    },
  };
};
