/**
 * Keeps other sites from sending our forms (CSRF): a form comes from a page of this origin, by what the browser says (Fetch
 * Metadata, `Origin`), and with a token that only a page for this browser has.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Fields } from "#shared/http/fields.ts";

/** The name of the token's field. */
export const TOKEN_FIELD = "form";

const CONTEXT = "fountain-form";

/** The token of the forms of a browser with this secret in its cookie. */
export const formToken = (secret: string): string => createHmac("sha256", secret).update(CONTEXT).digest("base64url");

const isSame = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** `origins`: those of the installation and of the request's own address. */
const isFromHere = (fields: Pick<Fields, "get">, origins: readonly string[]): boolean => {
  const [site, origin] = [fields.get("sec-fetch-site"), fields.get("origin")];
  if (site !== null && site !== "same-origin") return false;
  if (origin !== null && !origins.includes(origin)) return false;
  return site !== null || origin !== null;
};

interface SentForm {
  fields: Pick<Fields, "get">;
  origins: readonly string[];
  /** The secret of the browser that sent it. */
  secret: string | undefined;
  token: string;
}

/** Whether the form is one of ours, sent from a page of ours. What a browser says neither of is not believed. */
export const isOwnForm = ({ fields, origins, secret, token }: SentForm): boolean =>
  isFromHere(fields, origins) && secret !== undefined && isSame(token, formToken(secret));
