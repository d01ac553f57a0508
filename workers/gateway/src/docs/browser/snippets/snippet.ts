/** What the snippets of all languages share: which credentials a call takes, and that none is ever in one. */
import { accessOf } from "../document/access.ts";
import { isJson, typeOf } from "../document/examples.ts";
import { objectIn, type Parameter } from "../document/openapi.ts";
import { addressOf, type Filled, parseJson, type Value, valuesIn } from "../document/request.ts";

/** For whom a snippet is written. */
export interface Setting {
  /** Where Fountain is, such as `https://fountain.example`. */
  origin: string;
  /** By API key, where the operation takes one; by access token otherwise. */
  withKey: boolean;
  /** Texts that must not be in it, whatever was typed. */
  secrets: readonly string[];
}

export type Body =
  | { kind: "json"; value: unknown }
  | { kind: "form"; value: URLSearchParams }
  | { kind: "text"; text: string };

/** A call with its secrets replaced. */
export interface Snippet {
  filled: Filled;
  url: string;
  address: string;
  credential: "token" | "key" | undefined;
  /** Without credentials and the type of the body. */
  headers: Record<string, string>;
  mediaType: string | undefined;
  body: Body | undefined;
}

/** Members and header fields that hold a credential or a secret, by the end of their name. */
const SECRET_NAME =
  /(?:password|secret|token|assertion|otp|plaintext|api[-_]?key|private_?key|recovery[-_]?code|device_code|code_verifier|authorization|cookie|^code|^value|^key)$/i;

const placeholder = (name: string): string => `<${name}>`;

/** The same value with what is secret in it replaced. */
const withoutSecrets = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) =>
      typeof part === "string" && SECRET_NAME.test(name) ? [name, placeholder(name)] : [name, withoutSecrets(part)],
    ),
  );
};

const bodyOf = ({ body }: Filled): Body | undefined => {
  if (body === undefined || body.text === "") return undefined;
  const value = isJson(body.mediaType) ? parseJson(body.text) : undefined;
  if (value !== undefined) return { kind: "json", value: withoutSecrets(value) };
  if (body.mediaType !== "application/x-www-form-urlencoded") return { kind: "text", text: body.text };
  const members = withoutSecrets(Object.fromEntries(new URLSearchParams(body.text)));
  return { kind: "form", value: new URLSearchParams({ ...Object(members) }) };
};

/** What stands in a path for what was not typed. */
const missing = ({ name, schema }: Parameter): string =>
  typeOf(objectIn(schema)) === "integer" ? "1" : name.toUpperCase();

/** Every text that was typed, with the secrets of the page replaced. */
const redacted = (filled: Filled, secrets: readonly string[]): Filled => {
  const redact = (text: string): string =>
    secrets.reduce((before, secret) => before.replaceAll(secret, "<credential>"), text);
  const shown = ({ parameter, text }: Value): string => {
    if (text === "") return parameter.in === "path" ? missing(parameter) : "";
    return parameter.in !== "path" && SECRET_NAME.test(parameter.name) ? placeholder(parameter.name) : redact(text);
  };
  return {
    ...filled,
    values: filled.values.map((value) => ({ parameter: value.parameter, text: shown(value) })),
    ...(filled.body && { body: { ...filled.body, text: redact(filled.body.text) } }),
  };
};

const credentialFor = ({ call }: Filled, { withKey }: Setting): Snippet["credential"] => {
  const { isPublic, takesApiKey } = accessOf(call.operation);
  if (isPublic) return undefined;
  return withKey && takesApiKey ? "key" : "token";
};

export const snippetOf = (given: Filled, setting: Setting): Snippet => {
  const filled = redacted(
    given,
    setting.secrets.filter((secret) => secret !== ""),
  );
  const address = addressOf(filled);
  const body = bodyOf(filled);
  return {
    filled,
    url: setting.origin + address,
    address,
    credential: credentialFor(filled, setting),
    headers: Object.fromEntries(valuesIn(filled, "header").map(({ parameter, text }) => [parameter.name, text])),
    mediaType: body && filled.body?.mediaType,
    body,
  };
};

/** The body as it is sent. */
export const bodyText = (body: Body): string => {
  if (body.kind === "json") return JSON.stringify(body.value, null, 2);
  return body.kind === "form" ? body.value.toString() : body.text;
};
